-- DRDA, as DB2, Derby and Informix speak it (Open Group DRDA, volume 3, EXCSAT): exchanges server attributes. No login.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local drda = {
  name = "drda", ports = { 446, 523, 50000 }, first = "client", timeout = 5,
  fields = {
    class_name = "kind of server, e.g. QDB2/LINUXX8664", server_name = "its name", external_name = "name of its job",
    release_level = "product release, e.g. SQL11055", error = "code point of a refusal, e.g. 0x124c",
  },
}

local MAGIC, REQUEST, REPLY, ANSWER_MAX = 0xD0, 1, 2, 4096
local EXCSAT, EXCSATRD, EXTNAM, MGRLVLLS = 0x1041, 0x1443, 0x115E, 0x1404
local AGENT, SQLAM, RDB, SECMGR = 0x1403, 0x2407, 0x240F, 0x1440
local KEPT = { [0x1147] = "class_name", [0x116D] = "server_name", [0x115E] = "external_name", [0x115A] = "release_level" }

-- CCSID 500, as far as names need it.
local EBCDIC = {
  [0x40] = " ", [0x4B] = ".", [0x4D] = "(", [0x5D] = ")", [0x60] = "-", [0x61] = "/", [0x6D] = "_", [0x7A] = ":", [0x7C] = "@",
}
for start, letters in pairs {
  [0x81] = "abcdefghi", [0x91] = "jklmnopqr", [0xA2] = "stuvwxyz", [0xC1] = "ABCDEFGHI", [0xD1] = "JKLMNOPQR",
  [0xE2] = "STUVWXYZ", [0xF0] = "0123456789",
} do
  for at = 1, #letters do EBCDIC[start + at - 1] = letters:sub(at, at) end
end

local function text(bytes)
  if not bytes:find "[\128-\255]" then return bytes end   -- a server that writes ASCII
  return (bytes:gsub(".", function(byte) return EBCDIC[byte:byte()] or "?" end))
end

local function object(code, data)
  return pack(">I2 I2", #data + 4, code) .. data
end

function drda.handshake(conn, record)
  local request = object(EXCSAT, object(EXTNAM, "\226\150\149\132\133") ..   -- "Sonde"
    object(MGRLVLLS, pack(">I2 I2 I2 I2 I2 I2 I2 I2", AGENT, 7, SQLAM, 7, RDB, 7, SECMGR, 7)))
  conn:send(pack(">I2 B B I2", #request + 6, MAGIC, REQUEST, 1), request)
  local length, magic, format, id, size, code = unpack(">I2 B B I2 I2 I2", conn:receive(10))
  expect(magic == MAGIC and format % 16 == REPLY and id == 1 and length <= ANSWER_MAX, "no reply")
  expect(size >= 4 and size + 6 <= length, "object outside of its reply")
  local data = conn:receive(size - 4)
  if code ~= EXCSATRD then
    record.error = ("0x%04x"):format(code)
    return
  end
  local position = 1
  while position <= #data do
    local part, kind = unpack(">I2 I2", data, position)
    expect(part >= 4 and position + part - 1 <= #data, "object outside of its reply")
    if KEPT[kind] then record[KEPT[kind]] = text(data:sub(position + 4, position + part - 1)) end
    position = position + part
  end
end

return drda
