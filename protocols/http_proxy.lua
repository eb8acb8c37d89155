-- HTTP proxies such as Squid (RFC 9110 sections 7.6.2 and 9.3.7): asks a proxy for its own OPTIONS.
-- With Max-Forwards 0 and a host that cannot exist (RFC 2606), so that it has nobody else to ask.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"

local http_proxy = {
  name = "http_proxy", service = "http", ports = { 3128 }, first = "client", timeout = 8,
  fields = {
    status = "status code (number)", server = "the Server header, e.g. squid/5.7", via = "the Via header: proxies on the way",
    error = "Squid's name for what it objects to, e.g. ERR_ACCESS_DENIED", authenticate = "scheme of a login, e.g. basic",
    methods = "the Allow header (list of strings)",
  },
}

local METHODS_MAX = 32

function http_proxy.handshake(conn, record)
  http_client.send(conn, "OPTIONS", "http://sonde.invalid/", { host = "sonde.invalid", fields = "Max-Forwards: 0\r\n" })
  local head = http_client.receive_head(conn)
  local headers = head.headers
  local login, squid = headers["proxy-authenticate"], headers["x-squid-error"]
  expect(headers.via or login or squid or headers["proxy-agent"] or head.status == 407, "no proxy")
  record.status, record.server, record.via = head.status, headers.server or headers["proxy-agent"], headers.via
  record.error, record.authenticate = squid and squid:match "^%S+", login and login:lower():match "^[%w-]+"
  local methods = {}
  for method in (headers.allow or ""):gmatch "[^%s,]+" do
    if #methods < METHODS_MAX then methods[#methods + 1] = method end
  end
  record.methods = methods[1] and methods
end

return http_proxy
