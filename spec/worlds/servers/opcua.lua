-- An OPC UA server's connection layer (OPC 10000-6 section 7.1): Hello, Acknowledge and Error; no channel comes about.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = {
  receive = "bytes it can receive at once", send = "bytes it can send at once", message = "bytes of a request, 0: no limit",
  chunks = "of a request, 0: no limit", busy = "true: has no room for anybody",
}

local VERSION, BUFFER_LEAST, URL_MOST, HELLO_LEAST = 0, 8192, 4096, 32
local DECODING_ERROR, POLICY_REJECTED, SERVER_TOO_BUSY, TYPE_INVALID, CHANNEL_UNKNOWN, TOO_LARGE, NOT_ENOUGH_RESOURCES,
  URL_INVALID = 0x80070000, 0x80550000, 0x807D0000, 0x807E0000, 0x807F0000, 0x80800000, 0x80810000, 0x80830000
local REASONS = {
  [DECODING_ERROR] = "The body does not fit its length.",
  [POLICY_REJECTED] = "The security policy does not meet the rules.",
  [SERVER_TOO_BUSY] = "The server has no room.", [TYPE_INVALID] = "The type of the message is not valid.",
  [CHANNEL_UNKNOWN] = "There is no such channel.", [TOO_LARGE] = "The message is too large.",
  [NOT_ENOUGH_RESOURCES] = "The buffers are too small.", [URL_INVALID] = "The server does not know this URL.",
}

-- 7.1.2.5: after an Error, whoever sent it closes.
local function fail(conn, code)
  local body = pack("<I4 s4", code, REASONS[code])
  conn:send(pack("<c4 I4", "ERRF", #body + 8), body)
end

-- 7.1.2.3: an URL of this server; of a host it does not look at the name, which may be anybody's word for it.
local function is_own(url, port)
  local host, rest = url:match "^opc%.tcp://([%w.-]+)(.*)$"
  if not host then host, rest = url:match "^opc%.tcp://(%[[%x:.]+%])(.*)$" end
  return host and (rest == "" or rest == "/" or rest == ":" .. port or rest == ":" .. port .. "/")
end

-- What is wrong with a Hello's body; else the client's two buffers. Its version is of no matter: a server takes newer ones.
local function read_hello(body, port)
  local _, receive, send, _, _, length, first = unpack("<I4 I4 I4 I4 I4 I4", body)
  if receive < BUFFER_LEAST or send < BUFFER_LEAST then return nil, NOT_ENOUGH_RESOURCES end
  if length > URL_MOST then return nil, URL_INVALID end
  if first + length ~= #body + 1 then return nil, DECODING_ERROR end
  if not is_own(body:sub(first), port) then return nil, URL_INVALID end
  return receive, send
end

local function serve(conn, host)
  local options = host.options
  local kind, length = unpack("<c4 I4", conn:receive(8))
  if kind ~= "HELF" then return fail(conn, TYPE_INVALID) end
  if length > HELLO_LEAST + URL_MOST then return fail(conn, TOO_LARGE) end
  if length < HELLO_LEAST then return fail(conn, DECODING_ERROR) end
  local receive, send = read_hello(conn:receive(length - 8), host.port)
  if not receive then return fail(conn, send) end
  if options.busy then return fail(conn, SERVER_TOO_BUSY) end
  -- 7.1.2.4: neither buffer is larger than what the client has for it.
  conn:send(pack("<c4 I4 I4 I4 I4 I4 I4", "ACKF", 28, VERSION, math.min(options.receive, send), math.min(options.send, receive),
    options.message, options.chunks))
  kind = conn:receive(8):sub(1, 3)
  fail(conn, kind == "OPN" and POLICY_REJECTED or (kind == "MSG" or kind == "CLO") and CHANNEL_UNKNOWN or TYPE_INVALID)
end

return { serve = serve, options = OPTIONS }
