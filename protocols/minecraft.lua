-- Minecraft, Java edition (Minecraft protocol, "Server List Ping"): asks for the status that is shown in lists of servers.
local expect = require "sonde.expect"
local text = require "sonde.text"
local wire = require "sonde.wire"
local pack = wire.pack

local minecraft = {
  name = "minecraft", ports = { 25565 }, first = "client", timeout = 8,
  fields = {
    version = "name of the version", protocol_version = "its number (number)", players_online = "count (number)",
    players_max = "count (number)", description = "text of it, where it is plain",
  },
}

local HANDSHAKE, STATUS, ANY_PROTOCOL, STATUS_MAX = "\0", "\1", "\255\255\255\255\15", 131072
local READ_MAX = 16384   -- of the status, its picture left out: what is searched for pairs of braces

-- Seven bits a byte, lowest first; at most five bytes.
local function receive_variable(conn)
  local value = 0
  for place = 0, 4 do
    local digit = conn:receive(1):byte()
    value = value + digit % 128 * 128 ^ place
    if digit < 128 then return value, place + 1 end
  end
  expect(false, "number of more than five bytes")
end

local function without_picture(status)
  local start, last = status:find '"favicon"%s*:%s*"'
  local finish = start and status:find('"', last + 1, true)
  return (finish and status:sub(1, start - 1) .. status:sub(finish + 1) or status):sub(1, READ_MAX)
end

function minecraft.handshake(conn, record)
  local hello = HANDSHAKE .. ANY_PROTOCOL .. pack("s1", conn.host:sub(1, 127)) .. pack(">I2", conn.port) .. STATUS
  conn:send(string.char(#hello % 128 + (#hello > 127 and 128 or 0)), #hello > 127 and "\1" or "", hello, "\1\0")
  local size = receive_variable(conn)
  expect(size >= 4 and size <= STATUS_MAX, "answer of a forbidden length")
  expect(conn:receive(1) == "\0", "no status")
  local length, bytes = receive_variable(conn)
  expect(length == size - 1 - bytes, "status of another length than its packet")
  expect(conn:peek(1) == "{", "no status")
  local status = without_picture(conn:receive(length))
  local version = status:match '"version"%s*:%s*(%b{})' or ""
  local players = status:match '"players"%s*:%s*(%b{})' or ""
  record.version = text.member(version, "name")
  record.protocol_version = tonumber(version:match '"protocol"%s*:%s*(%-?%d%d?%d?%d?%d?%d?%d?%d?%d?%d?)')
  record.players_online = tonumber(players:match '"online"%s*:%s*(%d%d?%d?%d?%d?%d?%d?%d?)')
  record.players_max = tonumber(players:match '"max"%s*:%s*(%d%d?%d?%d?%d?%d?%d?%d?)')
  local start = status:match '"description"%s*:%s*"()' or status:match '"description"%s*:%s*{%s*"text"%s*:%s*"()'
  record.description = start and text.json(status, start)
  expect(record.version or record.players_max, "no status")
end

return minecraft
