-- An old server of SSL 2.0 (Hickman 1995), SSL 3.0 (RFC 6101) and TLS up to 1.2 (RFC 5246): its first flight, with an RSA key.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = {
  ssl2 = "true: speaks SSL 2.0 as well", newest = "newest version, e.g. 0x303",
  suites = "the suites it has, as it likes them, e.g. \"0005 000a\"",
  protocol = "the one of ALPN it speaks",
}

local CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
local UNEXPECTED_MESSAGE, RECORD_OVERFLOW, HANDSHAKE_FAILURE, ILLEGAL_PARAMETER, DECODE_ERROR, PROTOCOL_VERSION, NO_PROTOCOL =
  10, 22, 40, 47, 50, 70, 120                                              -- RFC 5246 section 7.2, RFC 7301 section 3.2
local CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, DONE = 1, 2, 11, 14
local RECORD_MOST, HELLO_MOST, OLDEST, SCSV = 2 ^ 14, 2 ^ 14, 0x300, 0x00FF
local SERVER_NAME, ALPN, MASTER_SECRET, RENEGOTIATION = 0x0000, 0x0010, 0x0017, 0xFF01

local function binary(hexadecimal)
  return (hexadecimal:gsub("%s", ""):gsub("..", function(two) return string.char(tonumber(two, 16)) end))
end

-- A certificate for old.example with a key of 512 bits, signed by itself (OpenSSL 3.0).
local DER = binary [[
  308201153081c0020107300d06092a864886f70d010104050030163114301206035504030c0b6f6c642e6578616d706c65301e170d323631
  3132323138323434325a170d3336313131393138323434325a30163114301206035504030c0b6f6c642e6578616d706c65305c300d06092a
  864886f70d0101010500034b003048024100c4161d0cfe250504bd15b518a3fa50185b7f9e4d8c9dd9eeb3f069384ef86efc8f6cced761ce
  3b49e6ad29353abb31f62704aaf439446700490652ac0a4dfd9b0203010001300d06092a864886f70d0101040500034100266bae65e8e9d4
  b5b098af375dc89373a67c718cb673a34e13bddc3a7da0616a7b103c0edcc30d24d7b45fa4f71724285d50b10e468c98218c9fdf9020b3f6
  dd ]]

local function record(kind, version, body) return pack(">B I2 s2", kind, version, body) end
local function message(kind, body) return pack(">B s3", kind, body) end

-- --- the ClientHello ----------------------------------------------------------------------------------------------------

-- Splits data into pieces: each(data, position) gives what a piece says and where the next begins. Nil where they do not fill
-- it exactly, or where there is none.
local function pieces(data, each)
  local list, at = {}, 1
  while at <= #data do
    local ok, value, after = pcall(each, data, at)
    if not ok or value == nil or after > #data + 1 then return nil end
    list[#list + 1], at = value, after
  end
  return list[1] and list
end

-- A vector after its length of n bytes that is all there is; nil where it is not.
local function whole(data, n)
  if #data < n then return nil end
  local length = unpack(">I" .. n, data)
  return #data == n + length and data:sub(n + 1) or nil
end

local function number(data, at) return unpack(">I2", data, at) end
local function numbers(data) return data and pieces(data, number) end

local function name_of(data, at)
  local kind, name, after = unpack(">B s2", data, at)
  return kind == 0 and name:find "^[%w_-][%w._-]*[%w_-]$" and name or nil, after
end
local function protocol_of(data, at)
  local name, after = unpack("s1", data, at)
  return name ~= "" and name or nil, after
end
local function share_of(data, at)
  local group, key, after = unpack(">I2 s2", data, at)
  return (group == 29 and #key == 32 or group ~= 29 and key ~= "") and group or nil, after
end

-- What extensions must look like that are known here; each is given what it says, and says nil where it is not so.
local forms = {
  [SERVER_NAME] = function(data) return pieces(whole(data, 2) or "", name_of) end,                     -- RFC 6066 section 3
  [0x0001] = function(data) return #data == 1 and data:find "[\1-\4]" end,                             -- the same, section 4
  [0x000A] = function(data) return numbers(whole(data, 2)) end,                                        -- RFC 8422 section 5.1.1
  [0x000B] = function(data) return (whole(data, 1) or ""):find("\0", 1, true) end,                     -- the same, 5.1.2
  [0x000D] = function(data) return numbers(whole(data, 2)) end,                                        -- RFC 5246, 7.4.1.4.1
  [ALPN] = function(data) return pieces(whole(data, 2) or "", protocol_of) end,                        -- RFC 7301 section 3.1
  [MASTER_SECRET] = function(data) return data == "" or nil end,                                       -- RFC 7627 section 5.1
  [0x002B] = function(data) return numbers(whole(data, 1)) end,                                        -- RFC 8446, 4.2.1
  [0x002D] = function(data) return whole(data, 1) end,                                                 -- the same, 4.2.9
  [0x0033] = function(data) return data == "\0\0" or pieces(whole(data, 2) or "", share_of) end,       -- the same, 4.2.8
  [RENEGOTIATION] = function(data) return data == "\0" or nil end,                                     -- RFC 5746 section 3.4
}

local function extension_of(data, at)
  local kind, body, after = unpack(">I2 s2", data, at)
  return { kind, body }, after
end

-- The extensions by their numbers; nil and an alert where they are not right.
local function read_extensions(block)
  local found, list = {}, block == "" and {} or pieces(block, extension_of)
  if not list then return nil, DECODE_ERROR end
  for _, each in ipairs(list) do
    local kind, body = each[1], each[2]
    if found[kind] then return nil, ILLEGAL_PARAMETER end
    found[kind] = not forms[kind] or forms[kind](body)
    if not found[kind] then return nil, DECODE_ERROR end
  end
  return found
end

-- A ClientHello's version, suites and extensions (RFC 5246 section 7.4.1.2); nil and an alert where it is not right.
local function read_hello(body)
  local ok, version, _, session, suites, methods, at = pcall(unpack, ">I2 c32 s1 s2 s1", body)
  if not ok or #session > 32 or #suites < 2 or #suites % 2 ~= 0 or methods == "" then return nil, DECODE_ERROR end
  if not methods:find("\0", 1, true) then return nil, ILLEGAL_PARAMETER end
  if version < OLDEST then return nil, PROTOCOL_VERSION end
  local hello = { version = version, suites = {}, extensions = {} }
  for _, suite in ipairs(numbers(suites)) do hello.suites[suite] = true end
  if at > #body then return hello end
  if version == OLDEST then return hello end                               -- RFC 6101 section 5.6.1.2: more is passed over
  local block = whole(body:sub(at), 2)
  if not block then return nil, DECODE_ERROR end
  local extensions, alert = read_extensions(block)
  hello.extensions = extensions
  return extensions and hello, alert
end

-- The body of the first handshake message, from as many records as it takes; nil and an alert.
local function receive_hello(conn)
  local bytes, size = "", 4
  while #bytes < size do
    local kind, major, _, length = unpack(">B B B I2", conn:receive(5))
    if kind ~= HANDSHAKE then return nil, UNEXPECTED_MESSAGE end
    if major ~= 3 then return nil, PROTOCOL_VERSION end
    if length > RECORD_MOST then return nil, RECORD_OVERFLOW end
    if length == 0 then return nil, UNEXPECTED_MESSAGE end
    bytes = bytes .. conn:receive(length)
    if bytes:byte(1) ~= CLIENT_HELLO then return nil, UNEXPECTED_MESSAGE end
    if #bytes >= 4 then size = 4 + unpack(">x I3", bytes) end
    if size > HELLO_MOST then return nil, DECODE_ERROR end
  end
  if #bytes > size then return nil, UNEXPECTED_MESSAGE end                 -- nothing may follow before the answer
  return bytes:sub(5)
end

-- --- the answer ---------------------------------------------------------------------------------------------------------

local function choose(options, offered)
  for suite in options.suites:gmatch "%x+" do
    if offered[tonumber(suite, 16)] then return tonumber(suite, 16) end
  end
end

-- The extensions of the ServerHello, of those that were asked for; nil where no protocol of ALPN is common.
local function answer_extensions(options, hello)
  local asked, answers = hello.extensions, ""
  if asked[RENEGOTIATION] or hello.suites[SCSV] then answers = answers .. pack(">I2 s2", RENEGOTIATION, "\0") end
  if asked[SERVER_NAME] then answers = answers .. pack(">I2 s2", SERVER_NAME, "") end
  if asked[MASTER_SECRET] then answers = answers .. pack(">I2 s2", MASTER_SECRET, "") end
  if asked[ALPN] and options.protocol then
    local common = false
    for _, name in ipairs(asked[ALPN]) do common = common or name == options.protocol end
    if not common then return nil end
    answers = answers .. pack(">I2 s2", ALPN, pack(">s2", pack("s1", options.protocol)))
  end
  return answers == "" and "" or pack(">s2", answers)
end

local function serve_tls(conn, options)
  local body, alert = receive_hello(conn)
  local hello
  if body then hello, alert = read_hello(body) end
  local version = hello and math.min(hello.version, options.newest) or options.newest
  local suite, extensions
  if hello then
    suite = choose(options, hello.suites)
    extensions = suite and answer_extensions(options, hello)
    alert = not suite and HANDSHAKE_FAILURE or not extensions and NO_PROTOCOL or nil
  end
  if alert then return conn:send(record(ALERT, version, string.char(2, alert))) end
  local hello_back = pack(">I2 c32 s1 I2 B", version, conn:random(32), conn:random(32), suite, 0) .. extensions
  conn:send(record(HANDSHAKE, version, message(SERVER_HELLO, hello_back)),
    record(HANDSHAKE, version, message(CERTIFICATE, pack(">s3", pack(">s3", DER)))),
    record(HANDSHAKE, version, message(DONE, "")))
  conn:receive_some()   -- the client's key, which nobody has who has not the server's
end

-- --- SSL 2.0 ------------------------------------------------------------------------------------------------------------

local CIPHER_KINDS = { "\1\0\128", "\2\0\128", "\7\0\192" }               -- RC4 of 128 bits, of 40 bits, DES-EDE3

-- CLIENT-HELLO, 2.5; malformed ones have no error of their own: the connection ends.
local function serve_ssl2(conn, options)
  local length = unpack(">I2", conn:receive(2)) - 0x8000
  if length < 9 then return end
  local kind, version, kinds_length, session_length, challenge_length = unpack(">B I2 I2 I2 I2", conn:receive(9))
  local rest = conn:receive(length - 9)
  if kind ~= CLIENT_HELLO or kinds_length + session_length + challenge_length ~= #rest then return end
  if kinds_length == 0 or kinds_length % 3 ~= 0 or session_length ~= 0 and session_length ~= 16 then return end
  if challenge_length < 16 or challenge_length > 32 then return end
  if version ~= 2 or not options.ssl2 then return conn:send(record(ALERT, options.newest, string.char(2, PROTOCOL_VERSION))) end
  local common = ""
  for _, each in ipairs(CIPHER_KINDS) do
    for at = 1, kinds_length, 3 do
      if rest:sub(at, at + 2) == each then common = common .. each end
    end
  end
  local body = pack(">B B B I2 I2 I2 I2", 4, 0, 1, 2, #DER, #common, 16) .. DER .. common .. conn:random(16)
  conn:send(pack(">I2", 0x8000 + #body), body)
  conn:receive_some()
end

local function serve(conn, host)
  local first = conn:peek(1):byte()
  if first >= 0x80 then return serve_ssl2(conn, host.options) end
  if first < CHANGE_CIPHER_SPEC or first > APPLICATION_DATA then
    return conn:send(record(ALERT, host.options.newest, string.char(2, UNEXPECTED_MESSAGE)))
  end
  return serve_tls(conn, host.options)
end

return { serve = serve, options = OPTIONS }
