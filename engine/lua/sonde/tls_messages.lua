-- Messages of TLS and SSL 3 (RFC 8446, RFC 5246, RFC 6101): any ClientHello, and the answers to it; makes no keys.

local digest = require "sonde.digest"
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack_bytes = wire.pack, wire.unpack

local messages = {}

local CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE = 20, 21, 22
local CLIENT_HELLO, SERVER_HELLO, CERTIFICATE, SERVER_HELLO_DONE = 1, 2, 11, 14
local RECORD_MAX = 2 ^ 14
local HELLO_MAX, MESSAGE_MAX, RECORDS_MAX, CERTIFICATES_MAX = 4096, 65536, 64, 16
local RETRY = "\207\33\173\116\229\154\97\17\190\29\140\2\30\101\184\145" ..  -- RFC 8446 section 4.1.3
  "\194\162\17\22\122\187\140\94\7\158\9\226\200\168\51\156"

local VERSIONS = {
  [0x300] = "SSLv3", [0x301] = "TLSv1.0", [0x302] = "TLSv1.1", [0x303] = "TLSv1.2", [0x304] = "TLSv1.3",
}
local SHORT_VERSIONS = { [0x300] = "s3", [0x301] = "10", [0x302] = "11", [0x303] = "12", [0x304] = "13" }

-- What receive_answer may learn, for a protocol's `fields`.
messages.fields = {
  version = "the version chosen, e.g. TLSv1.3", cipher = "the cipher suite chosen, e.g. 0x1301",
  session_id_length = "bytes of the session id (number)", extensions = "of the ServerHello (list of numbers)",
  group = "of the server's key share, e.g. 29: X25519 (number)", alpn = "the application protocol chosen",
  retry = "whether it was a HelloRetryRequest (boolean)",
  alert_level = "1: warning, 2: fatal (number)", alert = "alert description, RFC 8446 section 6 (number)",
  ja3s = "JA3S: MD5 of version, cipher and extensions, of a ServerHello to this ClientHello",
  ja4s = "JA4S, of a ServerHello to this ClientHello",
}

-- --- what we send -------------------------------------------------------------------------------------------------------

local function numbers(list)
  local bytes = {}
  for i, number in ipairs(list) do bytes[i] = pack(">I2", number) end
  return table.concat(bytes)
end

-- Extensions by name, each { type, data } (RFC 8446 section 4.2).
local extension = {}
messages.extension = extension

function extension.server_name(name) return { 0, pack(">s2", pack(">B s2", 0, name)) } end
function extension.supported_groups(list) return { 10, pack(">s2", numbers(list)) } end
function extension.point_formats() return { 11, "\1\0" } end
function extension.signature_algorithms(list) return { 13, pack(">s2", numbers(list)) } end
function extension.alpn(names)
  local bytes = {}
  for i, name in ipairs(names) do bytes[i] = pack(">s1", name) end
  return { 16, pack(">s2", table.concat(bytes)) }
end
function extension.extended_master_secret() return { 23, "" } end
function extension.session_ticket() return { 35, "" } end
function extension.supported_versions(list) return { 43, pack(">s1", numbers(list)) } end
function extension.psk_modes() return { 45, "\1\1" } end
-- One share; any 32 bytes are a public key of X25519 (29), which is not so for the NIST curves. grease: a group of RFC 8701 to
-- stand before it; none where it is nil.
function extension.key_share(group, key, grease)
  return { 51, pack(">s2", (grease and pack(">I2 s2", grease, "\0") or "") .. pack(">I2 s2", group, key)) }
end
function extension.max_fragment_length(code) return { 1, string.char(code) } end
function extension.renegotiation_info() return { 0xFF01, "\0" } end

-- The name of a conn's host where it has one, as extension.server_name takes it (RFC 6066 section 3); else nil.
function messages.server_name(conn)
  local host = conn.host
  return host:find "%a" and not host:find(":", 1, true) and (host:gsub("%.$", "")) or nil
end

-- A ClientHello in one record. hello: version, ciphers (list), random (32 bytes); and, where wanted, session (bytes),
-- record_version (version's by default), extensions (a list of { type, data }; none: the block is left out).
function messages.client_hello(hello)
  local body = pack(">I2 c32 s1 s2 s1", hello.version, hello.random, hello.session or "", numbers(hello.ciphers), "\0")
  if hello.extensions then
    local list = {}
    for i, each in ipairs(hello.extensions) do list[i] = pack(">I2 s2", each[1], each[2]) end
    body = body .. pack(">s2", table.concat(list))
  end
  return pack(">B I2 s2", HANDSHAKE, hello.record_version or hello.version, pack(">B s3", CLIENT_HELLO, body))
end

-- --- what comes ---------------------------------------------------------------------------------------------------------

-- Reads handshake messages out of records, however they are cut. source: a conn, or anything with receive(n).
local reader = {}
reader.__index = reader

-- The next piece of the handshake is in self.bytes; false when an alert or an end of what is in the clear came instead.
function reader:receive_record(record)
  self.records = self.records + 1
  expect(self.records <= RECORDS_MAX, "too many records")
  local kind, major, _, length = unpack_bytes(">BB B I2", self.source:receive(5))
  expect(kind >= CHANGE_CIPHER_SPEC and kind <= HANDSHAKE and major == 3, "no TLS record")
  expect(length >= 1 and length <= RECORD_MAX, "TLS record of a forbidden length")
  if kind == HANDSHAKE then
    self.bytes = self.bytes .. self.source:receive(length)
    return true
  end
  expect(kind == ALERT and length == 2, kind == ALERT and "alert of a wrong length" or "no handshake message")
  record.alert_level, record.alert = unpack_bytes("BB", self.source:receive(2))
  return record.alert_level == 1
end

-- The next message: kind, body; nil when a fatal alert came.
function reader:receive_message(record, max)
  while true do
    if #self.bytes > 0 then
      local kind, size = self.bytes:byte(), #self.bytes >= 4 and unpack_bytes(">I3", self.bytes, 2)
      expect(kind == SERVER_HELLO or not self.first, "no ServerHello")
      expect(not size or size <= max, "handshake message too long")
      if size and #self.bytes >= 4 + size then
        local body = self.bytes:sub(5, 4 + size)
        self.bytes, self.first = self.bytes:sub(5 + size), false
        return kind, body
      end
    end
    if not self:receive_record(record) then return nil end
  end
end

local learn = {
  [16] = function(found, data) found.alpn = unpack_bytes(">s1", (unpack_bytes(">s2", data))) end,
  [43] = function(found, data) found.chosen = unpack_bytes(">I2", data) end,
  [51] = function(found, data) found.group = unpack_bytes(">I2", data) end,
}

-- JA4S writes the first and the last character of the protocol chosen, bytes that are neither letter nor digit in
-- hexadecimal.
local function ends_of(alpn)
  if not alpn or alpn == "" then return "00" end
  local first, last = alpn:sub(1, 1), alpn:sub(-1)
  if first:find "%w" and last:find "%w" then return first .. last end
  return ("%02x"):format(first:byte()):sub(1, 1) .. ("%02x"):format(last:byte()):sub(2, 2)
end

-- hello: see read_server_hello; kinds: its extensions' numbers.
local function fingerprint(record, hello, kinds)
  local hexadecimal = {}
  for i, kind in ipairs(kinds) do hexadecimal[i] = ("%04x"):format(kind) end
  local extensions = kinds[1] and digest.sha256(table.concat(hexadecimal, ",")):sub(1, 12) or ("0"):rep(12)
  record.ja3s = digest.md5(("%d,%d,%s"):format(hello.version, hello.cipher, table.concat(kinds, "-")))
  record.ja4s = ("t%s%02d%s_%04x_%s"):format(SHORT_VERSIONS[hello.chosen] or "00", math.min(#kinds, 99), ends_of(hello.alpn),
    hello.cipher, extensions)
end

-- A ServerHello's parts, also into the record as they are read: version (as it stands there), chosen (the one in force), cipher,
-- alpn, group, extensions (a list of { type, data }).
local function read_server_hello(body, record)
  local version, random, session, cipher, _, position = unpack_bytes(">I2 c32 s1 I2 B", body)
  expect(VERSIONS[version] and #session <= 32, "no ServerHello")
  local hello, kinds = { version = version, chosen = version, cipher = cipher, extensions = {} }, {}
  record.cipher, record.session_id_length, record.retry = ("0x%04x"):format(cipher), #session, random == RETRY
  local extensions, at = position <= #body and unpack_bytes(">s2", body, position) or "", 1
  while at <= #extensions do
    local kind, data
    kind, data, at = unpack_bytes(">I2 s2", extensions, at)
    kinds[#kinds + 1], hello.extensions[#kinds + 1] = kind, { kind, data }
    if learn[kind] then learn[kind](hello, data) end
  end
  record.extensions = kinds[1] and kinds
  record.version = VERSIONS[hello.chosen] or ("0x%04x"):format(hello.chosen)
  record.alpn, record.group = hello.alpn, hello.group
  fingerprint(record, hello, kinds)
  return hello
end

-- The certificates of a Certificate message up to TLS 1.2 (RFC 5246 section 7.4.2): list of DER texts.
local function read_certificates(body)
  local all, list, at = unpack_bytes(">s3", body), {}, 1
  while at <= #all and #list < CERTIFICATES_MAX do
    list[#list + 1], at = unpack_bytes(">s3", all, at)
  end
  return list
end

-- Reads the ServerHello, or the alert that came instead, into record's fields (messages.fields). Returns the version as
-- a number, nil after a fatal alert, a function that gives the certificates (list of DER texts), as far as they come in the
-- clear: up to TLS 1.2; and the ServerHello (read_server_hello).
function messages.receive_answer(conn, record)
  local self = setmetatable({ source = conn, bytes = "", records = 0, first = true }, reader)
  local kind, body = self:receive_message(record, HELLO_MAX)
  if not kind then return nil end
  local hello = read_server_hello(body, record)
  local version = hello.chosen
  local function receive_certificates()
    if version >= 0x304 then return {} end
    repeat
      kind, body = self:receive_message(record, MESSAGE_MAX)
      if kind == CERTIFICATE then return read_certificates(body) end
    until not kind or kind == SERVER_HELLO_DONE
    return {}
  end
  return version, receive_certificates, hello
end

-- The same of an answer's first bytes, as far as they go.
function messages.read_answer(bytes, record)
  local at, source = 1, {}
  function source.receive(_, n)
    expect(at + n - 1 <= #bytes, "ends too early")
    at = at + n
    return bytes:sub(at - n, at - 1)
  end
  return messages.receive_answer(source, record)
end

return messages
