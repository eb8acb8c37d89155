local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("GET", "/rootDesc.xml", 49152)
local description = [[<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major></specVersion><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>A router</friendlyName>
<manufacturer>Example</manufacturer><modelName>R1</modelName><modelNumber>7</modelNumber>
<deviceList><device><deviceType>inner</deviceType></device></deviceList></device></root>]]

local found = {
  status = 200, server = "Linux UPnP/1.1 MiniUPnPd/1.9", device = "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
  name = "A router", manufacturer = "Example", model = "R1", model_number = "7",
}

behaves("upnp", {
  { "a router", { { asked }, http.answer("200 OK", "Server: Linux UPnP/1.1 MiniUPnPd/1.9\r\n", description) }, sent = asked,
    fields = found },
  { "the same in chunks", { { asked }, http.chunked("200 OK", "Server: Linux UPnP/1.1 MiniUPnPd/1.9\r\n", description, 30) },
    fields = found },
  { "a device that has its description elsewhere", { http.answer("404 Not Found", "Server: x UPnP/1.0\r\n", "") },
    fields = { status = 404, server = "x UPnP/1.0" } },
  hostile = {
    { "a web server", { http.answer("404 Not Found", "Server: nginx\r\n", "<html>") }, fields = {} },
    { "elements without end", { "HTTP/1.1 200 OK\r\nServer: UPnP/1.0\r\n\r\n" .. ("<friendlyName>"):rep(1000) },
      outcome = "done" },
    { "a length that is none", { "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" }, fields = {} },
  },
})
