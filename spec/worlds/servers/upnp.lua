-- A UPnP device's web server (UPnP Device Architecture 1.1 sections 2.3 and 2.11; RFC 9112 section 2.2): its description.
local OPTIONS = {
  name = "its friendly name", model = "name of its model", server = "the SERVER header", plain = "true: has no description here",
}

local HEAD_MOST, PATH = 4096, "/rootDesc.xml"

local DESCRIPTION = [[<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0" configId="1">
  <specVersion><major>1</major><minor>1</minor></specVersion>
  <device>
    <deviceType>urn:schemas-upnp-org:device:DimmableLight:1</deviceType>
    <friendlyName>%s</friendlyName>
    <manufacturer>Lamps &amp; Sons</manufacturer>
    <modelName>%s</modelName>
    <modelNumber>7</modelNumber>
    <UDN>uuid:00000000-0000-0000-0000-000000000007</UDN>
    <serviceList/>
  </device>
</root>
]]

local REASONS = { [200] = "OK", [400] = "Bad Request", [404] = "Not Found", [501] = "Not Implemented",
  [505] = "HTTP Version Not Supported" }

local function respond(conn, host, status, body)
  body = body or ""
  local kind = body ~= "" and "CONTENT-TYPE: text/xml\r\n" or ""
  conn:send(("HTTP/1.1 %d %s\r\n%sCONTENT-LENGTH: %d\r\nDATE: %s\r\nSERVER: %s\r\n\r\n"):format(status, REASONS[status], kind,
    #body, host:date(), host.options.server), body)
end

-- The fields of a request's head by their names in small letters; nil where a line is none, or a name comes twice.
local function read_fields(head)
  local fields = {}
  for line in head:gmatch "([^\n]*)\n" do
    local name, value = line:match "^([%w!#$%%&'*+.^_`|~-]+):[ \t]*([\32-\126\t\128-\255]-)[ \t]*\r$"
    if not name or fields[name:lower()] then return nil end
    fields[name:lower()] = value
  end
  return fields
end

-- The status of a request (2.11: HOST is required), and the path it asks for.
local function status_of(head)
  local line, rest = head:match "^([^\r\n]*)\r\n(.*)\r\n$"
  local method, target, version = (line or ""):match "^([%w!#$%%&'*+.^_`|~-]+) ([\33-\126]+) HTTP/(%d%.%d)$"
  local fields = method and read_fields(rest)
  if not fields then return 400 end
  if version:sub(1, 1) ~= "1" then return 505 end
  local host = fields.host
  if version == "1.1" and not (host and (host:find "^[%w.-]+:?%d*$" or host:find "^%[[%x:.]+%]:?%d*$")) then return 400 end
  if method ~= "GET" then return 501 end
  return 200, target, (fields.connection or ""):lower() == "close" or version == "1.0"
end

local function serve(conn, host)
  local over
  repeat
    while conn:peek(2) == "\r\n" do conn:receive(2) end                  -- RFC 9112: before a request, they mean nothing
    if not conn:peek(1):find "%u" then return respond(conn, host, 400) end -- no method that there is
    local head = conn:receive_until("\r?\n\r?\n", HEAD_MOST)
    local status, target, last = status_of(head)
    if status == 200 and (target ~= PATH or host.options.plain) then status = 404 end
    over = last or status == 400
    respond(conn, host, status, status == 200 and DESCRIPTION:format(host.options.name, host.options.model) or nil)
  until over
end

return { serve = serve, options = OPTIONS }
