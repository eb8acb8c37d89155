-- PostgreSQL's SSLRequest (frontend/backend protocol 3.0, SSL Session Encryption): one byte says whether TLS follows; if so, TLS.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local postgres_ssl = {
  name = "postgres_ssl", service = "postgres", ports = {}, first = "client", timeout = 5,
  fields = { tls = "whether the server goes on with TLS (boolean)" },
}

function postgres_ssl.handshake(conn, record)
  conn:send(wire.pack(">I4 I2 I2", 8, 1234, 5679))
  local answer = conn:receive(1)
  expect(answer == "S" or answer == "N", "no answer to SSLRequest")
  record.tls = answer == "S"
  if record.tls then conn:start_tls() end
end

return postgres_ssl
