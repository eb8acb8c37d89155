-- SSL 3.0 (RFC 6101): offers that version and nothing newer, with the suites of its time and no extensions.
local digest = require "sonde.digest"
local messages = require "sonde.tls_messages"

local ssl3 = {
  name = "ssl3", service = "tls", first = "client", timeout = 5, fields = {
    certificates = "SHA-256 of each certificate sent (list of strings)",
  },
  learn = messages.read_answer,
}

for name, description in pairs(messages.fields) do ssl3.fields[name] = description end

-- Section A.6: RSA, DHE and the export kinds, with RC4, DES, 3DES and IDEA; and AES, which servers took here as well.
local CIPHERS = {
  0x05, 0x04, 0x0A, 0x16, 0x13, 0x2F, 0x35, 0x33, 0x39, 0x07, 0x09, 0x15, 0x12, 0x03, 0x06, 0x08, 0x14, 0x11, 0xFF,
}

function ssl3.handshake(conn, record)
  conn:send(messages.client_hello { version = 0x300, random = conn:random(32), ciphers = CIPHERS })
  local version, receive_certificates = messages.receive_answer(conn, record)
  if not version then return end
  local list = {}
  for i, der in ipairs(receive_certificates()) do list[i] = digest.sha256(der) end
  record.certificates = list[1] and list
end

return ssl3
