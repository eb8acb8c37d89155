-- A SQL Server on loopback, as far as its TLS ([MS-TDS] sections 2.2.6.5 and 3.3.5.2): a program of its own, which
-- luajit spec/support/tds_server.lua DIRECTORY ENCRYPTION TYPE makes; it prints its port, and serves one client.
--   DIRECTORY   where its libraries are built
--   ENCRYPTION  the number that it answers PRELOGIN with
--   TYPE        of the packets in which its TLS records travel: 18, as the document has it, or 4, as some servers do
local directory, encryption, kind = arg[1], tonumber(arg[2]), tonumber(arg[3])
local _, ffi = require "spec.support.c" ("transport", "tls")
local build = require "spec.support.library"
local wire = require "sonde.wire"

local sockets, secure = build(ffi, "loopback", directory), build(ffi, "tls_server", directory, "-lssl -lcrypto")
ffi.cdef "int usleep(unsigned microseconds);"

local NOW, DAY, TRIES = os.time(), 86400, 2000
local room = ffi.new("char[65536]")

-- What comes next, at most `size` bytes; nil where nothing does any more.
local function read(connection, size)
  for _ = 1, TRIES do
    local count = tonumber(sockets.server_read(connection, room, size))
    if count > 0 then return ffi.string(room, count) end
    if count == 0 then return nil end
    ffi.C.usleep(5000)
  end
end

local function read_exactly(connection, size)
  local text = ""
  while #text < size do text = text .. assert(read(connection, size - #text), "the client has gone") end
  return text
end

local function read_packet(connection)
  local type, status, length = wire.unpack(">B B I2", read_exactly(connection, 8))
  assert(type == 0x12 and status <= 1 and length > 8, "no packet of PRELOGIN")
  return read_exactly(connection, length - 8)
end

local function write_packet(connection, type, payload)
  local packet = wire.pack(">B B I2 I2 B B", type, 1, #payload + 8, 0, 1, 0) .. payload
  assert(sockets.server_write(connection, packet, #packet) == #packet)
end

local config = ffi.new("struct tls_server_config", {
  key = "EC", version_max = 0x303, names = "DNS:sql.example", not_before = NOW - DAY, not_after = NOW + DAY,
})
local server, listener = secure.tls_server_create(config), sockets.server_listen("127.0.0.1", 1)
print(sockets.server_port(listener))
io.flush()
local connection = sockets.server_accept(listener)
read_packet(connection)
write_packet(connection, 4, wire.pack(">B I2 I2 B I2 I2 B B B I2 I2 B", 0, 11, 6, 1, 17, 1, 255, 16, 0, 1000, 6, encryption))
repeat
  local records = read_packet(connection)
  secure.tls_server_receive(server, records, #records)
  local size = tonumber(secure.tls_server_output(server, room, 4000))
  if size > 0 then write_packet(connection, kind, ffi.string(room, size)) end
until secure.tls_server_ready(server)
while read(connection, 100) do ffi.C.usleep(0) end   -- what follows is a login, in TLS without packets; none does
