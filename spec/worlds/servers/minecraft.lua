-- A Minecraft server, Java edition (Minecraft protocol, "Packet format", "Server List Ping"): handshake, status, ping, old ping.
local wire = require "sonde.wire"

local OPTIONS = { status = "the JSON of its status" }

local HANDSHAKE, STATUS_REQUEST, PING = 0, 0, 1
local TO_STATUS, TO_LOGIN, TO_TRANSFER = 1, 2, 3    -- "Handshake": the intent
local LENGTH_DIGITS, VALUE_DIGITS, HOST_MAX = 3, 5, 255
local OLD_PING = "\254"

-- "VarInt": seven bits a byte, the lowest first. Where the reader wants more digits than it may have, nil.
local function read_varint(next_byte, digits)
  local value = 0
  for place = 0, digits - 1 do
    local byte = next_byte()
    value = value + byte % 128 * 128 ^ place
    if byte < 128 then return value end
  end
end

local function varint(n)
  return n < 128 and string.char(n) or string.char(n % 128 + 128) .. varint(math.floor(n / 128))
end

-- A packet's id and what comes after it; nil where its length is none.
local function receive_packet(conn)
  local length = read_varint(function() return conn:receive(1):byte() end, LENGTH_DIGITS)
  if not length or length == 0 then return nil end
  local packet, at = conn:receive(length), 0
  local function next_byte()
    at = at + 1
    return (wire.unpack("B", packet, at))   -- raises beyond the packet: the connection ends
  end
  return { id = read_varint(next_byte, VALUE_DIGITS), next_byte = next_byte, rest = function() return packet:sub(at + 1) end }
end

local function send(conn, id, body)
  local packet = string.char(id) .. body
  conn:send(varint(#packet), packet)
end

-- "Handshake": protocol version, the server's name as the client has it, port, intent; the intent where all is in order.
local function read_handshake(packet)
  if packet.id ~= HANDSHAKE or not read_varint(packet.next_byte, VALUE_DIGITS) then return nil end
  local length = read_varint(packet.next_byte, VALUE_DIGITS)
  local rest = packet.rest()
  if not length or length > 4 * HOST_MAX or #rest ~= length + 3 then return nil end   -- port, and an intent of one digit
  local intent = rest:byte(-1)
  return intent >= TO_STATUS and intent <= TO_TRANSFER and intent
end

local function serve_status(conn, status)
  while true do
    local packet = receive_packet(conn)
    local rest = packet and packet.rest() or ""
    if packet and packet.id == STATUS_REQUEST and rest == "" then
      send(conn, STATUS_REQUEST, varint(#status) .. status)
    elseif packet and packet.id == PING and #rest == 8 then
      return send(conn, PING, rest)
    else
      return
    end
  end
end

local function wide(text) return (text:gsub("[%z\1-\127]", "\0%0"):gsub("\194\167", "\0\167")) end

local function serve(conn, host)
  local status = host.options.status or '{"version":{"name":"1.21.5","protocol":770},"players":{"max":100,"online":5,"sample":' ..
    '[{"name":"thinkofdeath","id":"4566e69f-c907-48ee-8d71-d7ba5aa00d20"}]},"description":{"text":"Hello, world!"},' ..
    '"favicon":"data:image/png;base64,<data>","enforcesSecureChat":false}'
  if conn:peek(1) == OLD_PING then   -- "1.4 to 1.5": what older clients send is answered by a kick, in UTF-16
    if conn:receive(2) ~= OLD_PING .. "\1" then return end
    return conn:send("\255\0\35", wide "\194\1671\00047\0001.4.2\0A Minecraft Server\0000\00020")
  end
  local packet = receive_packet(conn)
  local intent = packet and read_handshake(packet)
  if intent == TO_STATUS then return serve_status(conn, status) end
  if intent == TO_LOGIN then
    local text = '{"text":"Outdated client! Please use 1.21.5"}'   -- "Disconnect (login)"
    send(conn, 0, varint(#text) .. text)
  end
end

return { serve = serve, options = OPTIONS }
