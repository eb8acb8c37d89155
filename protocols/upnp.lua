-- UPnP over TCP (UPnP Device Architecture 1.1, section 2): asks for a device's description where most devices have it.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"

local upnp = {
  name = "upnp", service = "http", ports = { 49152, 2869 }, first = "client", timeout = 8,
  fields = {
    status = "status code (number)", server = "the Server header, e.g. Linux/3.4 UPnP/1.1 MiniUPnPd/1.9",
    device = "e.g. urn:schemas-upnp-org:device:InternetGatewayDevice:1", name = "friendly name", manufacturer = "who made it",
    model = "name of the model", model_number = "its number",
  },
}

local ELEMENTS = {
  device = "deviceType", name = "friendlyName", manufacturer = "manufacturer", model = "modelName", model_number = "modelNumber",
}

-- An element's text, of the device itself: it comes before those that are inside.
local function text_of(body, element)
  local _, start = body:find("<" .. element .. ">", 1, true)
  local finish = start and body:find("</", start, true)
  return finish and body:sub(start + 1, finish - 1)
end

function upnp.handshake(conn, record)
  http_client.send(conn, "GET", "/rootDesc.xml")
  local head = http_client.receive_head(conn)
  local server = head.headers.server
  local known = server and server:find("UPnP/", 1, true)
  if known then record.status, record.server = head.status, server end
  http_client.receive_body(conn, head, function(body)
    known = known or body:find("urn:schemas-upnp-org:device", 1, true)
    if not known then return false end
    record.status, record.server = head.status, server
    for field, element in pairs(ELEMENTS) do record[field] = text_of(body, element) end
    return body:find("</device>", 1, true)
  end)
  expect(known, "no UPnP")
end

return upnp
