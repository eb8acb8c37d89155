-- A Cassandra node's native transport (CQL BINARY PROTOCOL v1 to v5, sections 1 to 4): OPTIONS and STARTUP, errors for the rest.
local wire = require "sonde.wire"

local OPTIONS = {
  version = "newest protocol version (4)", oldest = "oldest one (3)", login = "true: wants authentication",
  wordy = "true: has a trace and warnings for everybody",
}

local ERROR, STARTUP, READY, AUTHENTICATE, SUPPORTED = 0, 1, 2, 3, 6
local ASK_OPTIONS = 5
-- Requests that have to wait for STARTUP (section 2.4): AUTH_RESPONSE, QUERY, PREPARE, EXECUTE, REGISTER, BATCH.
local LATER = { [0x0F] = true, [7] = true, [9] = true, [0x0A] = true, [0x0B] = true, [0x0D] = true }
local PROTOCOL_ERROR, SERVER_ERROR = 0x000A, 0x0000
local TRACE, WARNINGS = 0x02, 0x08     -- flags of what comes before the body, in this order (section 2.2)
local COMPRESSED = 1                   -- flag: there is none before STARTUP (section 2.2)
local BODY_MAX = 256 * 2 ^ 20          -- section 2.5
local FIRST_WITH_SHORT_STREAM = 3      -- v3, section 10: stream ids take two bytes

local function list(...)
  return wire.pack(">I2", select("#", ...)) .. wire.pack((">s2"):rep(select("#", ...)), ...)
end

local function send(conn, version, stream, operation, body, flags)
  local head = version < FIRST_WITH_SHORT_STREAM and ">B B b B s4" or ">B B i2 B s4"
  conn:send(wire.pack(head, 0x80 + version, flags or 0, stream, operation, body))
end

local function refuse(conn, version, stream, code, text)
  send(conn, version, stream, ERROR, wire.pack(">I4 s2", code, text))
  return "close"
end

-- [string map]; nil where it does not end with the body.
local function read_map(body)
  local ok, map = pcall(function()
    local values, count, at = {}, wire.unpack(">I2", body)
    for _ = 1, count do
      local name, value
      name, value, at = wire.unpack(">s2 s2", body, at)
      values[name] = value
    end
    return at == #body + 1 and values or nil
  end)
  return ok and map or nil
end

local function start(conn, version, stream, body, options)
  local map = read_map(body)
  if not map then return refuse(conn, version, stream, PROTOCOL_ERROR, "Cannot decode the body of STARTUP") end
  if not map.CQL_VERSION then
    return refuse(conn, version, stream, PROTOCOL_ERROR, "Missing value CQL_VERSION in STARTUP message")
  end
  if options.login then
    return send(conn, version, stream, AUTHENTICATE, wire.pack(">s2", "org.apache.cassandra.auth.PasswordAuthenticator"))
  end
  send(conn, version, stream, READY, "")
end

local function tell_options(conn, version, stream, wordy)
  local body = "\0\3" .. wire.pack(">s2", "PROTOCOL_VERSIONS") .. list("3/v3", "4/v4", "5/v5") ..
    wire.pack(">s2", "COMPRESSION") .. list("snappy", "lz4") .. wire.pack(">s2", "CQL_VERSION") .. list "3.4.6"
  if version < FIRST_WITH_SHORT_STREAM then   -- of those times: section 4.2.4 has these two only
    body = "\0\2" .. wire.pack(">s2", "COMPRESSION") .. list "snappy" .. wire.pack(">s2", "CQL_VERSION") .. list "3.1.1"
  end
  if not wordy then return send(conn, version, stream, SUPPORTED, body) end
  local before = wire.pack(">c16", "a trace's uuid..") .. list("it is late", "so is this")
  send(conn, version, stream, SUPPORTED, before .. body, TRACE + WARNINGS)
end

-- One frame; something else than nil ends the connection.
local function answer(conn, newest, oldest, options)
  local version = conn:peek(1):byte()
  if version >= 0x80 then return refuse(conn, newest, 0, PROTOCOL_ERROR, "Wrong protocol direction, expected a request") end
  if version > newest or version < oldest then   -- section 2.1, and error 0x000A of section 9: in its own newest form
    return refuse(conn, newest, 0, PROTOCOL_ERROR, ("Invalid or unsupported protocol version (%d)"):format(version))
  end
  local flags, stream, operation, length
  if version < FIRST_WITH_SHORT_STREAM then
    flags, stream, operation, length = wire.unpack(">x B b B I4", conn:receive(8))
  else
    flags, stream, operation, length = wire.unpack(">x B i2 B I4", conn:receive(9))
  end
  if length > BODY_MAX then return refuse(conn, version, stream, PROTOCOL_ERROR, "Request is too big") end
  local body = conn:receive(length)
  if flags % 2 == COMPRESSED then return refuse(conn, version, stream, PROTOCOL_ERROR, "No compression was set up") end
  if stream < 0 then return refuse(conn, version, stream, PROTOCOL_ERROR, "Negative stream id in a request") end
  if operation == STARTUP then return start(conn, version, stream, body, options) end
  if operation == ASK_OPTIONS and body == "" then return tell_options(conn, version, stream, options.wordy) end
  if LATER[operation] then
    local problem = ("Unexpected message %d, expecting STARTUP or OPTIONS"):format(operation)
    return refuse(conn, version, stream, PROTOCOL_ERROR, problem)
  end
  return refuse(conn, version, stream, operation == ASK_OPTIONS and SERVER_ERROR or PROTOCOL_ERROR,
    ("Unknown opcode %d"):format(operation))
end

local function serve(conn, host)
  local options = host.options
  local newest, oldest = options.version or 4, options.oldest or 3
  local ending
  repeat ending = answer(conn, newest, oldest, options) until ending
end

return { serve = serve, options = OPTIONS }
