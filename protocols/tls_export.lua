-- TLS with an export cipher only (RFC 2246, TLS_RSA_EXPORT_WITH_RC4_40_MD5): who still takes 40-bit keys, or objects to it.
local messages = require "sonde.tls_messages"

local tls_export = {
  name = "tls_export", service = "tls", first = "client", timeout = 5, fields = messages.fields,
  learn = messages.read_answer,
}

local TLS_RSA_EXPORT_WITH_RC4_40_MD5 = 0x0003

function tls_export.handshake(conn, record)
  local name = messages.server_name(conn)
  conn:send(messages.client_hello {
    version = 0x303, record_version = 0x301, random = conn:random(32), ciphers = { TLS_RSA_EXPORT_WITH_RC4_40_MD5 },
    extensions = { name and messages.extension.server_name(name) or messages.extension.renegotiation_info() },
  })
  messages.receive_answer(conn, record)
end

return tls_export
