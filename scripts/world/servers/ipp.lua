-- An IPP printer (RFC 8010, 8011): answers operations with their attributes, and others as a small web server does.

local wire = require "sonde.wire"

local SERVERS = {
  { "CUPS/2.4 IPP/2.1", weight = 4 }, { "CUPS/2.2 IPP/2.1", weight = 4 }, { "CUPS/1.4", weight = 1 },
  { "HP HTTP Server; HP LaserJet M402n - C5F93A", weight = 3 }, { "debut/1.30", weight = 2 },
  { "KM-MFP-http/V0.0.1", weight = 1 },
}
local REFUSED, OK = 0x0403, 0x0000

local function attribute(tag, name, value)
  return wire.pack(">B s2 s2", tag, name, value)
end

local function reply(host, version, id)
  local status = host:chance("open", 0.7) and OK or REFUSED
  return wire.pack(">I2 I2 I4 B", version, status, id, 1) .. attribute(0x47, "attributes-charset", "utf-8")
    .. attribute(0x48, "attributes-natural-language", "en") .. (status == OK and "\4" .. attribute(0x42, "printer-name",
    host:name():match "^[^.]+") or "") .. "\3"
end

local function send(conn, host, status, kind, body)
  conn:send("HTTP/1.1 ", status, "\r\nServer: ", host:choose("server", SERVERS), "\r\nContent-Type: ", kind,
    "\r\nContent-Length: ", tostring(#body), "\r\nConnection: close\r\n\r\n", body)
end

local function serve(conn, host)
  local head = conn:receive_until("\r\n\r\n", 8192)
  local length = tonumber(head:lower():match "\r\ncontent%-length: *(%d%d?%d?%d?)\r") or 0
  local body = conn:receive(length)
  if not head:match "^POST " or #body < 8 then
    return send(conn, host, "200 OK", "text/html", "<html><head><title>Printer</title></head><body></body></html>\r\n")
  end
  local version, _, id = wire.unpack(">I2 I2 I4", body)
  send(conn, host, "200 OK", "application/ipp", reply(host, version, id))
end

local function bad_request(conn, host)
  send(conn, host, "400 Bad Request", "text/html", "<html><body>400 Bad Request</body></html>\r\n")
end

-- Chances a world may set.
local OPTIONS = { open = "share that answers anybody's operations" }

return { serve = serve, complain = { tls = bad_request, newlines = bad_request }, options = OPTIONS }
