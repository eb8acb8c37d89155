-- TLS (RFC 8446, RFC 5246): sends a ClientHello as a browser would, reads the ServerHello or the alert; makes no keys.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local tls = {
  name = "tls", ports = { 443, 8443, 993, 995, 465 }, first = "client", timeout = 5,
  fields = {
    version = "the version chosen, e.g. TLSv1.3", cipher = "the cipher suite chosen, e.g. 0x1301",
    session_id_length = "bytes of the session id (number)", extensions = "of the ServerHello (list of numbers)",
    group = "of the server's key share, e.g. 29: X25519 (number)", alpn = "the application protocol chosen",
    retry = "whether it was a HelloRetryRequest (boolean)",
    alert_level = "1: warning, 2: fatal (number)", alert = "alert description, RFC 8446 section 6 (number)",
  },
}

local ALERT, HANDSHAKE, CLIENT_HELLO, SERVER_HELLO = 21, 22, 1, 2
local VERSIONS = {
  [0x300] = "SSLv3", [0x301] = "TLSv1.0", [0x302] = "TLSv1.1", [0x303] = "TLSv1.2", [0x304] = "TLSv1.3",
}
local HELLO_MAX, RECORDS_MAX = 4096, 64
local RETRY = "\207\33\173\116\229\154\97\17\190\29\140\2\30\101\184\145" ..  -- RFC 8446 section 4.1.3
  "\194\162\17\22\122\187\140\94\7\158\9\226\200\168\51\156"
local CIPHERS = pack(">I2I2I2 I2I2I2I2I2I2 I2I2I2I2I2I2", 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030,
  0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x9C, 0x9D, 0x2F, 0x35)
local EXTENSIONS = pack(">I2s2 I2s2 I2s2 I2s2 I2s2 I2s2 I2s2 I2s2", 23, "", 0xFF01, "\0", 10, "\0\6\0\29\0\23\0\24",
  11, "\1\0", 16, "\0\12\2h2\8http/1.1", 45, "\1\1", 43, "\4\3\4\3\3",
  13, "\0\18\4\3\8\4\4\1\5\3\8\5\5\1\8\6\6\1\2\1")

-- One key share, for X25519: any 32 bytes are a public key of it, which is not so for P-256.
local function client_hello(conn)
  local name = conn.host:find "%a" and not conn.host:find(":", 1, true) and conn.host:gsub("%.$", "")
  local extensions = (name and pack(">I2 s2", 0, pack(">s2", pack(">B s2", 0, name))) or "") .. EXTENSIONS ..
    pack(">I2 s2", 51, pack(">s2", pack(">I2 s2", 29, conn:random(32))))
  local body = pack(">I2 c32 s1 s2 s1 s2", 0x303, conn:random(32), conn:random(32), CIPHERS, "\0", extensions)
  return pack(">B I2 s2", HANDSHAKE, 0x301, pack(">B s3", CLIENT_HELLO, body))
end

-- The ServerHello's body, however it is cut into records; nil when a fatal alert came instead.
local function receive_hello(conn, record)
  local hello = ""
  for _ = 1, RECORDS_MAX do
    local kind, major, _, length = unpack(">BB B I2", conn:receive(5))
    expect((kind == HANDSHAKE or kind == ALERT) and major == 3, "no TLS record")
    expect(length >= 1 and length <= 2 ^ 14, "TLS record of a forbidden length")
    if kind == ALERT then
      expect(length == 2, "alert of a wrong length")
      record.alert_level, record.alert = unpack("BB", conn:receive(2))
      if record.alert_level ~= 1 then return nil end
    else
      hello = hello .. conn:receive(length)
      expect(hello:byte() == SERVER_HELLO, "no ServerHello")
      local size = #hello >= 4 and unpack(">I3", hello, 2)
      expect(not size or size <= HELLO_MAX, "ServerHello too long")
      if size and #hello >= 4 + size then return hello:sub(5, 4 + size) end
    end
  end
  expect(false, "too many records")
end

local learn = {
  [16] = function(record, data) record.alpn = unpack(">s1", (unpack(">s2", data))) end,
  [43] = function(record, data) record.version = unpack(">I2", data) end,
  [51] = function(record, data) record.group = unpack(">I2", data) end,
}

function tls.handshake(conn, record)
  conn:send(client_hello(conn))
  local hello = receive_hello(conn, record)
  if not hello then return end
  local version, random, session, cipher, _, position = unpack(">I2 c32 s1 I2 B", hello)
  expect(VERSIONS[version] and #session <= 32, "no ServerHello")
  local found = { version = version }
  record.cipher, record.session_id_length, record.retry = ("0x%04x"):format(cipher), #session, random == RETRY
  local extensions = position <= #hello and unpack(">s2", hello, position) or ""
  local at, list = 1, {}
  while at <= #extensions do
    local kind, data
    kind, data, at = unpack(">I2 s2", extensions, at)
    list[#list + 1] = kind
    if learn[kind] then learn[kind](found, data) end
  end
  record.extensions = list[1] and list
  record.version = VERSIONS[found.version] or ("0x%04x"):format(found.version)
  record.alpn, record.group = found.alpn, found.group
end

return tls
