-- A Microsoft SQL Server ([MS-TDS] sections 2.2.3.1, 2.2.6.5, 3.3.5.1 and 3.3.5.2): PRELOGIN, and the packets that TLS comes in.
local wire = require "sonde.wire"

local OPTIONS = {
  version = 'as in PRELOGIN ("9.0.0.0")', encryption = '"off", "on", "not supported" or "required" ("on"), as it is set up',
  instance = "its name (MSSQLServer)", mars = "false: has no multiple result sets",
  old = "true: as before MARS: no such option", error = "in UTF-16: what it says in place of its options",
}

local PRELOGIN, REPLY, END_OF_MESSAGE = 0x12, 0x04, 0x01
local ERROR, DONE, DONE_ERROR, PAUSED, SEVERE = 0xAA, 0xFD, 0x0002, 17142, 14
local VERSION, ENCRYPTION, INSTANCE, THREAD, MARS, TRACE, FEDERATED, NONCE, TERMINATOR = 0, 1, 2, 3, 4, 5, 6, 7, 0xFF
local SIZES = { [VERSION] = 6, [ENCRYPTION] = 1, [MARS] = 1, [TRACE] = 36, [FEDERATED] = 1, [NONCE] = 32 }   -- 2.2.6.5
local OFF, ON, NOT_SUPPORTED, REQUIRED = 0, 1, 2, 3
local PACKET_MAX, HEADER = 32767, 8                         -- 2.2.3.1.3

-- What the server answers, by what it has and what the client said (2.2.6.5, the table of ENCRYPTION).
local ANSWERS = {
  off = { [OFF] = OFF, [ON] = ON, [NOT_SUPPORTED] = NOT_SUPPORTED, [REQUIRED] = ON },
  on = { [OFF] = REQUIRED, [ON] = ON, [NOT_SUPPORTED] = REQUIRED, [REQUIRED] = ON },
}
ANSWERS["not supported"] = { [OFF] = NOT_SUPPORTED, [ON] = NOT_SUPPORTED, [NOT_SUPPORTED] = NOT_SUPPORTED,
  [REQUIRED] = NOT_SUPPORTED }

-- The payload of a message of one packet; nil where its header is not right. PacketID and Window are to be ignored.
local function receive_packet(conn)
  local kind, status, length, process = wire.unpack(">B B I2 I2", conn:receive(HEADER))
  if kind ~= PRELOGIN or status ~= END_OF_MESSAGE or length <= HEADER or length > PACKET_MAX or process ~= 0 then return nil end
  return conn:receive(length - HEADER)
end

-- Whether a value is what its option has.
local function sound(option, value)
  if option == INSTANCE then return value:find "^[^%z]*%z$" end
  if option == THREAD then return #value == 4 or value == "" end
  return #value == SIZES[option]
end

-- The options by their number; nil where the stream is not as it must be: VERSION first, every option once, and their values one
-- after the other behind the terminator, to the end of the packet.
local function read_options(payload)
  local options, at = {}, 1
  local free = (payload:find("\255", 1, true) or 0)
  while payload:byte(at) ~= TERMINATOR do
    local option, offset, size, after = wire.unpack(">B I2 I2", payload, at)
    local value = payload:sub(offset + 1, offset + size)
    if at == 1 and option ~= VERSION or options[option] then return nil end
    if offset ~= free or #value ~= size or not sound(option, value) then return nil end
    options[option], at, free = value, after, free + size
  end
  return options[ENCRYPTION] and free == #payload and options or nil
end

-- 2.2.6.5, INSTOPT: 0 where the name is ours or none; else 1.
local function instance_answer(name, own)
  if not name or name == "" or name == "\0" then return "\0" end
  return name == own .. "\0" and "\0" or "\1"
end

local function answer(options, own)
  local client = options[ENCRYPTION]:byte()
  local encryption = ANSWERS[own.encryption or "on"][client]
  local mars = options[MARS] and options[MARS]:byte() or 0
  if not encryption or mars > 1 then return nil end
  local major, minor, build, sub = (own.version or "9.0.0.0"):match "(%d+)%.(%d+)%.(%d+)%.(%d+)"
  local list = {
    { VERSION, wire.pack(">B B I2 I2", tonumber(major), tonumber(minor), tonumber(build), tonumber(sub)) },
    { ENCRYPTION, string.char(encryption) }, { INSTANCE, instance_answer(options[INSTANCE], own.instance or "MSSQLServer") },
    { THREAD, "" },
  }
  if not own.old then list[#list + 1] = { MARS, string.char(own.mars == false and 0 or mars) } end
  local head, data, offset = "", "", 5 * #list + 1
  for _, each in ipairs(list) do
    head = head .. wire.pack(">B I2 I2", each[1], offset + #data, #each[2])
    data = data .. each[2]
  end
  local payload = head .. "\255" .. data
  return wire.pack(">B B I2 I2 B B", REPLY, END_OF_MESSAGE, #payload + HEADER, 0, 1, 0) .. payload, encryption
end

-- 3.3.5.2: a TLS ClientHello in a packet of type PRELOGIN. This server has no certificate, and says so in TLS, in a packet as
-- well: handshake_failure (RFC 5246 section 7.2.2).
local function refuse_tls(conn)
  local record = receive_packet(conn)
  local kind, major, _, length, message, size = wire.unpack(">B B B I2 B I3", record or "")
  if kind ~= 22 or major ~= 3 or length ~= #record - 5 or message ~= 1 or size ~= length - 4 then return end
  local alert = "\21\3\3\0\2\2\40"
  conn:send(wire.pack(">B B I2 I2 B B", PRELOGIN, END_OF_MESSAGE, #alert + HEADER, 0, 0, 0), alert)
end

-- ERROR and DONE (2.2.7.10, 2.2.7.6): number, state, class, text, the names of server and procedure, line.
local function refuse(conn, words)
  local values = wire.pack("<I4 B B I2", PAUSED, 1, SEVERE, #words / 2) .. words .. "\3s\0q\0l\0" .. "\0" .. wire.pack("<I4", 1)
  local tokens = wire.pack("<B s2 B I2 I2 I8", ERROR, values, DONE, DONE_ERROR, 0, 0)
  conn:send(wire.pack(">B B I2 I2 B B", REPLY, END_OF_MESSAGE, #tokens + HEADER, 0, 1, 0), tokens)
end

local function serve(conn, host)
  local payload = receive_packet(conn)
  local options = payload and read_options(payload)
  local said, encryption = nil, nil
  if options then said, encryption = answer(options, host.options) end
  if not said then return end
  if host.options.error then return refuse(conn, host.options.error) end
  conn:send(said)
  if encryption ~= NOT_SUPPORTED then return refuse_tls(conn) end
  conn:receive(1)   -- a login, which nobody has
end

return { serve = serve, options = OPTIONS }
