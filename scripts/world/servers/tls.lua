-- A TLS server (RFC 8446, 5246) as far as the answer to the first ClientHello: its first flight, or an alert.

local wire = require "sonde.wire"

local HANDSHAKE, ALERT, CHANGE_CIPHER_SPEC, APPLICATION_DATA = 22, 21, 20, 23
local HANDSHAKE_FAILURE, DECODE_ERROR, PROTOCOL_VERSION, UNEXPECTED_MESSAGE = 40, 50, 70, 10

local SOFTWARE = {
  { weight = 7, name = "nginx", newest = 0x304 }, { weight = 4, name = "nginx", newest = 0x303 },
  { weight = 5, name = "apache", newest = 0x304 }, { weight = 3, name = "apache", newest = 0x303 },
  { weight = 3, name = "iis", newest = 0x303 }, { weight = 3, name = "proxy", newest = 0x304 },
  { weight = 4, name = "embedded", newest = 0x303 }, { weight = 1, name = "embedded", newest = 0x301 },
}

-- In the order a server likes them.
local SUITES_13 = { 0x1302, 0x1301, 0x1303 }
local SUITES_12 = { 0xc02f, 0xc030, 0xcca8, 0xc027, 0xc013, 0xc014, 0x9c, 0x9d, 0x3c, 0x2f, 0x35, 0x0a }

local function record(kind, version, body)
  return wire.pack(">B I2 s2", kind, version, body)
end

local function message(kind, body)
  return wire.pack(">B s3", kind, body)
end

local function alert(version, description)
  return record(ALERT, version, string.char(2, description))
end

-- What a ClientHello offers; raises where it ends too early.
local function parse_hello(bytes)
  local hello = { suites = {}, newest = nil }
  local legacy, _, session, suites, _, at = wire.unpack(">I2 c32 s1 s2 s1", bytes)
  hello.newest, hello.session = legacy, session
  for i = 1, #suites - 1, 2 do hello.suites[wire.unpack(">I2", suites, i)] = true end
  if at > #bytes then return hello end
  local extensions, from = wire.unpack(">s2", bytes, at), 1
  while from <= #extensions do
    local kind, body
    kind, body, from = wire.unpack(">I2 s2", extensions, from)
    if kind == 43 then -- supported_versions
      for i = 2, #body - 1, 2 do
        local version = wire.unpack(">I2", body, i)
        if version == 0x304 then hello.newest = version end
      end
    elseif kind == 51 then -- key_share
      hello.key_share = #body > 6
    end
  end
  return hello
end

-- A ClientHello's body, which may come in several records; nil where something else comes.
local function receive_hello(conn)
  local kind, _, length = wire.unpack(">B I2 I2", conn:receive(5))
  if kind ~= HANDSHAKE or length < 4 or length > 16384 then return nil end
  local bytes = conn:receive(length)
  local step, size = wire.unpack(">B I3", bytes)
  if step ~= 1 or size > 32768 then return nil end
  while #bytes < size + 4 do
    kind, _, length = wire.unpack(">B I2 I2", conn:receive(5))
    if kind ~= HANDSHAKE or length < 1 or length > 16384 then return nil end
    bytes = bytes .. conn:receive(length)
  end
  return bytes:sub(5, size + 4)
end

local function choose_suite(offered, preferred)
  for _, suite in ipairs(preferred) do
    if offered[suite] then return suite end
  end
end

-- DER (X.690): a tag, a length, the content.
local function der(tag, ...)
  local content = table.concat { ... }
  local length = #content
  if length < 128 then return string.char(tag, length) .. content end
  if length < 256 then return string.char(tag, 0x81, length) .. content end
  return wire.pack(">B B I2", tag, 0x82, length) .. content
end

local SHA256_RSA = der(0x30, "\6\9\42\134\72\134\247\13\1\1\11", "\5\0")
local RSA = der(0x30, "\6\9\42\134\72\134\247\13\1\1\1", "\5\0")

local function name_of(text)
  return der(0x30, der(0x31, der(0x30, "\6\3\85\4\3", der(12, text))))
end

-- A self-signed certificate in form (RFC 5280); nobody could verify its signature.
local function certificate(host)
  local subject = name_of(host:name())
  local key = der(0x30, der(2, "\0", string.char(192), host:bytes("modulus", 31), ("\90"):rep(224)), der(2, "\1\0\1"))
  local body = der(0x30, der(0xa0, "\2\1\2"), der(2, "\1", host:bytes("serial", 8)), SHA256_RSA, subject,
    der(0x30, der(23, "250101000000Z"), der(23, "341231235959Z")), subject, der(0x30, RSA, der(3, "\0", key)))
  return der(0x30, body, SHA256_RSA, der(3, "\0", host:bytes("signature", 32), ("\165"):rep(224)))
end

local function answer_13(conn, hello, suite)
  local share = wire.pack(">I2 s2", 51, wire.pack(">I2 s2", 29, conn:random(32))) -- X25519
  local extensions = wire.pack(">I2 s2", 43, "\3\4") .. share
  local body = wire.pack(">I2 c32 s1 I2 B s2", 0x303, conn:random(32), hello.session, suite, 0, extensions)
  return record(HANDSHAKE, 0x303, message(2, body)) .. record(CHANGE_CIPHER_SPEC, 0x303, "\1")
    .. record(APPLICATION_DATA, 0x303, conn:random(700))
end

local function answer_12(conn, host, suite, version)
  local body = wire.pack(">I2 c32 s1 I2 B s2", version, conn:random(32), conn:random(32), suite, 0, "\255\1\0\1\0")
  local chain = wire.pack(">s3", wire.pack(">s3", certificate(host)))
  local flight = record(HANDSHAKE, version, message(2, body)) .. record(HANDSHAKE, version, message(11, chain))
  if suite >= 0xc000 then -- ECDHE: the server's share, with a signature
    local exchange = wire.pack(">B I2 s1 I2 s2", 3, 29, conn:random(32), 0x401, conn:random(256))
    flight = flight .. record(HANDSHAKE, version, message(12, exchange))
  end
  return flight .. record(HANDSHAKE, version, message(14, ""))
end

local function offers_any(hello, suites)
  return choose_suite(hello.suites, suites) ~= nil
end

-- Whether something in front of this host takes exception to what a ClientHello offers.
local function is_filtered(host, hello)
  local secure = offers_any(hello, SUITES_13) or offers_any(hello, SUITES_12)
  local share = host:share "filter"
  if secure then return share >= 1 - (host.options.only_insecure or 0) end
  return share < (host.options.only_secure or 0)
end

-- Hosts that were asked the wrong question, and when: some refuse to talk for a while.
local OFFENDED_MAX = 65536
local offended, offended_count = {}, 0

local function take_offence(host)
  if not host:chance("offended", 0) then return end
  if offended_count >= OFFENDED_MAX then offended, offended_count = {}, 0 end
  if not offended[host.address] then offended_count = offended_count + 1 end
  offended[host.address] = host.clock()
end

-- How long: three in four for less than 5 s, one in a hundred for more than two minutes.
local function is_offended(host)
  local since = offended[host.address]
  if not since then return false end
  local share = host:share "offended" / host.options.offended -- evenly from 0 to 1 among those who are
  local seconds = share < 0.75 and 1 + 4 * share / 0.75 or share < 0.99 and 5 + 115 * (share - 0.75) / 0.24 or 600
  return host.clock() - since < seconds
end

local function answer(conn, host, software, hello)
  if host:chance("wants_name", 0.04) then return alert(0x303, HANDSHAKE_FAILURE) end
  if software.newest == 0x304 and hello.newest == 0x304 and hello.key_share then
    local suite = choose_suite(hello.suites, SUITES_13)
    if suite then return answer_13(conn, hello, suite) end
  end
  local version = math.min(hello.newest, software.newest, 0x303)
  if version < 0x301 then return alert(0x301, PROTOCOL_VERSION) end
  local suite = choose_suite(hello.suites, SUITES_12)
  if not suite then return alert(version, HANDSHAKE_FAILURE) end
  return answer_12(conn, host, suite, version)
end

local PLAIN = {
  nginx = "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n<body>\r\n"
    .. "<center><h1>400 Bad Request</h1></center>\r\n</body>\r\n</html>\r\n",
  apache = "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>400 Bad Request</title>\n</head>"
    .. "<body>\n<p>You're speaking plain HTTP to an SSL-enabled server port.</p>\n</body></html>\n",
}

-- Something that is no TLS came: web servers know HTTP when they see it, others say so in TLS or not at all.
local function answer_plain(conn, host, software, first)
  if host:chance("alerts", 0) then return conn:send(alert(0x301, UNEXPECTED_MESSAGE)) end
  if first:match "^%u" and PLAIN[software.name] then
    local text = PLAIN[software.name]
    local head = "HTTP/1.1 400 Bad Request\r\nServer: %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n"
      .. "Connection: close\r\n\r\n"
    conn:send(head:format(software.name == "nginx" and "nginx" or "Apache", #text), text)
  elseif software.name == "proxy" then
    conn:send(alert(0x301, UNEXPECTED_MESSAGE))
  elseif software.name == "iis" then
    return "reset"
  end
end

local function serve(conn, host)
  local software = host:choose("software", SOFTWARE)
  local first = conn:peek(3)
  if first:byte(1) ~= HANDSHAKE or first:byte(2) ~= 3 then
    conn:receive_some()
    take_offence(host)
    return answer_plain(conn, host, software, first)
  end
  local bytes = receive_hello(conn)
  if not bytes then
    conn:send(alert(0x303, DECODE_ERROR))
    return
  end
  local hello = parse_hello(bytes)
  if is_offended(host) or is_filtered(host, hello) then return "reset" end
  conn:send(answer(conn, host, software, hello))
  conn:receive_some()
end

-- Chances a world may set.
local OPTIONS = {
  alerts = "share that answers what is no TLS with an alert",
  offended = "share that refuses TLS for a while after what was no TLS",
  only_insecure = "share that answers those only who offer no secure cipher",
  only_secure = "share that answers those only who offer a secure cipher",
  wants_name = "share that refuses a handshake without SNI",
}

-- In plain HTTP, or as TLS has it.
local function complain(conn, host, kind)
  local text = PLAIN[host:choose("software", SOFTWARE).name]
  if kind == "get" and text then
    conn:send("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n", text)
  else
    conn:send(alert(0x301, UNEXPECTED_MESSAGE))
  end
end

return { serve = serve, complain = { newlines = complain, get = complain }, options = OPTIONS }
