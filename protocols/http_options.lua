-- HTTP's OPTIONS (RFC 9110 section 9.3.7): asks what may be done with "/", without asking for the page.
local http_client = require "sonde.http_client"

local http_options = {
  name = "http_options", service = "http", first = "client", timeout = 8,
  fields = {
    protocol_version = "e.g. 1.1", status = "status code (number)", reason = "reason phrase",
    server = "the Server header", methods = "the Allow header (list of strings)", dav = "the DAV header",
  },
}

local METHODS_MAX = 32

function http_options.handshake(conn, record)
  http_client.send(conn, "OPTIONS", "/")
  local head = http_client.receive_head(conn)
  record.protocol_version, record.status, record.reason = head.version, head.status, head.reason
  record.server, record.dav = head.headers.server, head.headers.dav
  local methods = {}
  for method in (head.headers.allow or ""):gmatch "[^%s,]+" do
    if #methods < METHODS_MAX then methods[#methods + 1] = method end
  end
  record.methods = methods[1] and methods
end

return http_options
