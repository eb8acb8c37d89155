-- A Neo4j server's Bolt port (Bolt Protocol handshake and message specifications, PackStream): negotiation, HELLO, GOODBYE.
local wire = require "sonde.wire"

local OPTIONS = { versions = 'that it speaks, newest first ("5.4 5.3 5.2 5.1 5.0 4.4 4.3 4.2")' }

local MAGIC, NONE = "\96\96\176\23", "\0\0\0\0"
local HELLO, GOODBYE, SUCCESS, FAILURE, IGNORED = 0x01, 0x02, 0x70, 0x7F, 0x7E
local MESSAGE_MAX = 65536

-- PackStream: texts of less than 256 bytes and maps of them, which is all that HELLO needs. Value and position after it; raises
-- where something else comes, so that the connection ends.
local function read_value(bytes, at)
  local marker = wire.unpack("B", bytes, at)
  if marker >= 0x80 and marker < 0x90 then
    return bytes:sub(at + 1, at + marker - 0x80), at + 1 + marker - 0x80
  elseif marker == 0xD0 then
    return wire.unpack("s1", bytes, at + 1)
  elseif marker >= 0xA0 and marker < 0xB0 then
    local map = {}
    at = at + 1
    for _ = 1, marker - 0xA0 do
      local key
      key, at = read_value(bytes, at)
      map[key], at = read_value(bytes, at)
    end
    return map, at
  end
  wire.unpack("c1", "")
end

local function text(value) return #value < 16 and string.char(0x80 + #value) .. value or wire.pack("B s1", 0xD0, value) end

local function map(...)
  local values = { ... }
  for i = 1, #values do values[i] = text(values[i]) end
  return string.char(0xA0 + #values / 2) .. table.concat(values)
end

-- "Chunking": pieces with their lengths, and an empty one at the end; an empty one before a message is none.
local function receive_message(conn)
  local message = ""
  while true do
    local piece = conn:receive((wire.unpack(">I2", conn:receive(2))))
    if piece == "" and message ~= "" then return message end
    message = message .. piece
    if #message > MESSAGE_MAX then return "" end
  end
end

local function send(conn, kind, body)
  conn:send(wire.pack(">s2 I2", "\177" .. string.char(kind) .. body, 0))
end

-- "Version negotiation": the first offer that holds a version of ours, the newest of it. A server of 4.3 or later takes offers
-- that reach down; to an older one they are versions that it does not know.
local function choose(offers, versions)
  local newest_major, newest_minor = versions:match "^(%d+)%.(%d+)"
  local ranges = newest_major * 10 + newest_minor >= 43
  for at = 1, 16, 4 do
    local reserved, range, minor, major = offers:byte(at, at + 3)
    for own_major, own_minor in versions:gmatch "(%d+)%.(%d+)" do
      own_major, own_minor = tonumber(own_major), tonumber(own_minor)
      local below = minor - own_minor
      local within = below >= 0 and below <= range and (ranges or range == 0)
      if reserved == 0 and major == own_major and within then return own_major, own_minor end
    end
  end
end

-- "HELLO": from 5.1 on the client's name is mandatory, and who it is comes later; from 5.3 on, also its bolt_agent's product.
local function hello_problem(message, minor)
  local ok, extra, after = pcall(read_value, message, 3)
  if not ok or type(extra) ~= "table" or after ~= #message + 1 then return "Illegal value for field \"extra\"" end
  if type(extra.user_agent) ~= "string" then return "Expected \"user_agent\" to be non-null" end
  local agent = extra.bolt_agent
  if minor >= 3 and (type(agent) ~= "table" or type(agent.product) ~= "string") then
    return "Expected map for field \"bolt_agent\" to contain \"product\""
  end
end

local function serve_messages(conn, minor)
  local message = receive_message(conn)
  if message == "\176" .. string.char(GOODBYE) then return end
  if message:sub(1, 2) ~= "\177" .. string.char(HELLO) then return send(conn, IGNORED, "") end
  local problem = hello_problem(message, minor)
  if problem then return send(conn, FAILURE, map("code", "Neo.ClientError.Request.Invalid", "message", problem)) end
  send(conn, SUCCESS, map("server", "Neo4j/5.4.0", "connection_id", "bolt-61"))
  repeat   -- AUTHENTICATION state: LOGON or GOODBYE
    message = receive_message(conn)
    if message:sub(1, 2) == "\177\106" then
      return send(conn, FAILURE, map("code", "Neo.ClientError.Security.Unauthorized", "message", "unauthorized"))
    end
  until message
end

local function serve(conn, host)
  if conn:receive(4) ~= MAGIC then return end
  local offers = conn:receive(16)
  local major, minor = choose(offers, host.options.versions or "5.4 5.3 5.2 5.1 5.0 4.4 4.3 4.2")
  if not major then return conn:send(NONE) end
  conn:send(string.char(0, 0, minor, major))
  if major == 5 and minor >= 1 then return serve_messages(conn, minor) end
  conn:receive(1)
end

return { serve = serve, options = OPTIONS }
