-- What is true of the devices in spec/worlds/servers/upnp.lua (UPnP Device Architecture 1.1 section 2).
local ASKED = "GET /rootDesc.xml HTTP/1.1\r\nHost: 192.0.2.12:49152\r\n\r\n"
local SERVER = "Linux/6.1 UPnP/1.1 Lampd/2.3"

local function describes(answer)
  local length, body = answer:match "^HTTP/1.1 200 OK\r\nCONTENT%-TYPE: text/xml\r\nCONTENT%-LENGTH: (%d+)\r\n.-\r\n\r\n(.*)$"
  return body and #body == tonumber(length) and body:find("<friendlyName>Lamp in the hall</friendlyName>", 1, true) ~= nil
end
local function says(status)
  return function(answer) return answer:find("HTTP/1.1 " .. status .. "\r\nCONTENT-LENGTH: 0\r\n", 1, true) == 1 end
end
local ways = { http = "http", tls = "http" }   -- 404, 400; empty lines before a request mean nothing

return {
  specification = "the UPnP Device Architecture 1.1",
  hosts = {
    { ways = ways, service = "http", fields = {
      status = 200, server = SERVER, device = "urn:schemas-upnp-org:device:DimmableLight:1", name = "Lamp in the hall",
      manufacturer = "Lamps &amp; Sons", model = "Lamp 7", model_number = "7",
    } },
    { ways = ways, service = "http", fields = { status = 404, server = SERVER } },
  },
  asks = {
    { "another page", (ASKED:gsub("rootDesc", "other")), says "404 Not Found" },
    { "a request without a host", (ASKED:gsub("Host:[^\r]*\r\n", "")), says "400 Bad Request", "closed" },
    { "a host twice", (ASKED:gsub("Host:[^\r]*\r\n", "%0%0")), says "400 Bad Request", "closed" },
    { "another method", (ASKED:gsub("^GET", "POST")), says "501 Not Implemented" },
    { "another version", (ASKED:gsub("HTTP/1", "HTTP/2")), says "505 HTTP Version Not Supported" },
    { "an end", (ASKED:gsub("\r\n\r\n$", "\r\nConnection: close\r\n\r\n")), describes, "closed" },
    { "empty lines before it", "\r\n\r\n" .. ASKED, describes },
  },
  -- Free: the lesser number of the version, as long as it is not more; the numbers of the host that is meant.
  strict = { { "a request", ASKED, describes, free = { 26, { 35, 37 }, 39, 41, { 43, 44 }, { 46, 50 } } } },
}
