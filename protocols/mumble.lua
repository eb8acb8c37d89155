-- Mumble (Mumble protocol, "Establishing a connection"), inside TLS: the server says its version at once. Sends nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local mumble = {
  name = "mumble", tls_ports = { 64738 }, first = "server", timeout = 5,
  fields = {
    release = "of the server, e.g. 1.3.4", protocol_version = "e.g. 1.3.4", os = "what it runs on",
    os_version = "and which of it",
  },
}

local VERSION, MESSAGE_MAX = 0, 512
local VARINT, BYTES = 0, 2
local V1, RELEASE, OS, OS_VERSION, V2 = 1, 2, 3, 4, 5   -- fields of the message, by number
local TEXTS = { [RELEASE] = "release", [OS] = "os", [OS_VERSION] = "os_version" }

-- A number of Protocol Buffers, seven bits a byte, lowest first; and the position after it. Beyond 2^53 it is not exact.
local function varint(message, position)
  local value, factor = 0, 1
  for i = position, position + 9 do
    local byte = wire.unpack("B", message, i)
    value, factor = value + byte % 128 * factor, factor * 128
    if byte < 128 then return value, i + 1 end
  end
  expect(false, "number too long")
end

-- One field of the message: its number, its value (a number or bytes) and the position after it.
local function field(message, position)
  local tag, value
  tag, position = varint(message, position)
  value, position = varint(message, position)
  if tag % 8 == VARINT then return math.floor(tag / 8), value, position end
  expect(tag % 8 == BYTES and position + value - 1 <= #message, "no Version message")
  return math.floor(tag / 8), message:sub(position, position + value - 1), position + value
end

-- Two bytes for the first number, one each for the others; in newer servers two bytes each, and two more.
local function version_of(number, value)
  if number == V1 then return ("%d.%d.%d"):format(value / 65536, value / 256 % 256, value % 256) end
  return ("%d.%d.%d"):format(value / 2 ^ 48, value / 2 ^ 32 % 65536, value / 65536 % 65536)
end

function mumble.handshake(conn, record)
  local kind, length = wire.unpack(">I2 I4", conn:receive(6))
  expect(kind == VERSION and length <= MESSAGE_MAX, "no Version message")
  local message, position = conn:receive(length), 1
  while position <= length do
    local number, value
    number, value, position = field(message, position)
    if TEXTS[number] and type(value) == "string" then record[TEXTS[number]] = value end
    if (number == V1 or number == V2) and type(value) == "number" and value < 2 ^ 53 then
      record.protocol_version = version_of(number, value)
    end
  end
  expect(record.release or record.protocol_version, "no version in it")
end

return mumble
