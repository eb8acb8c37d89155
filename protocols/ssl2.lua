-- SSL 2.0 (Hickman, 1995; deprecated by RFC 6176): offers that version only, and reads the SERVER-HELLO with what it offers.
local digest = require "sonde.digest"
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local ssl2 = {
  name = "ssl2", service = "tls", first = "client", timeout = 5,
  fields = {
    version = "SSLv2", ciphers = "cipher kinds it accepts, e.g. 0x010080 (list of strings)",
    certificates = "SHA-256 of the certificate sent (list of strings)", error_code = "of an ERROR message (number)",
    alert_level = "of a TLS alert instead (number)", alert = "its description, RFC 8446 section 6 (number)",
  },
}

local ERROR, CLIENT_HELLO, SERVER_HELLO, VERSION = 0, 1, 4, 2
local ALERT = 21
-- RC4-128, RC4-128-EXPORT40, RC2-128, RC2-128-EXPORT40, IDEA-128, DES-64, DES-192-EDE3.
local CIPHER_KINDS = "\1\0\128\2\0\128\3\0\128\4\0\128\5\0\128\6\0\64\7\0\192"
local CIPHERS_MAX = 64

-- A record of up to 32767 bytes has a header of two bytes, the highest bit set.
local function client_hello(conn)
  local challenge = conn:random(16)
  return wire.pack(">I2", 0x8000 + 9 + #CIPHER_KINDS + #challenge) ..
    wire.pack(">B I2 I2 I2 I2", CLIENT_HELLO, VERSION, #CIPHER_KINDS, 0, #challenge) .. CIPHER_KINDS .. challenge
end

local function read_alert(conn, record)
  local major, length = wire.unpack(">x B x I2", conn:receive(5))
  expect(major == 3 and length == 2, "no SSL 2 message")
  record.alert_level, record.alert = wire.unpack("BB", conn:receive(2))
end

function ssl2.handshake(conn, record)
  conn:send(client_hello(conn))
  local first = conn:peek(1):byte()
  if first == ALERT then return read_alert(conn, record) end
  expect(first >= 0x80, "no SSL 2 message")
  local length = wire.unpack(">I2", conn:receive(2)) - 0x8000
  expect(length >= 3, "no SSL 2 message")
  local kind = conn:peek(1):byte()
  expect(kind == ERROR and length == 3 or kind == SERVER_HELLO and length >= 11, "no SERVER-HELLO")
  if kind == ERROR then
    record.error_code = wire.unpack(">x I2", conn:receive(3))
    return
  end
  local version, certificate_length, ciphers_length, id_length = wire.unpack(">x3 I2 I2 I2 I2", conn:receive(11))
  expect(version == VERSION and ciphers_length % 3 == 0, "no SERVER-HELLO")
  expect(certificate_length + ciphers_length + id_length == length - 11, "SERVER-HELLO of a wrong length")
  record.version = "SSLv2"
  local certificate, kinds = conn:receive(certificate_length), conn:receive(ciphers_length)
  if certificate_length > 0 then record.certificates = { digest.sha256(certificate) } end
  local ciphers = {}
  for at = 1, math.min(#kinds, 3 * CIPHERS_MAX), 3 do
    ciphers[#ciphers + 1] = ("0x%06x"):format((wire.unpack(">I3", kinds, at)))
  end
  record.ciphers = ciphers[1] and ciphers
end

return ssl2
