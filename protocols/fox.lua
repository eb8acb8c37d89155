-- Niagara Fox (Tridium Niagara, the hello of its observed form): says hello with a version; the station introduces itself.
local expect = require "sonde.expect"

local fox = {
  name = "fox", ports = { 1911 }, first = "client", timeout = 5,
  fields = {
    fox_version = "of the protocol", host_name = "of the station's machine", host_address = "its address",
    app_name = "e.g. Station", app_version = "its version", vm_name = "the Java machine", vm_version = "its version",
    os_name = "e.g. QNX", os_version = "its version", station_name = "name of the station", language = "e.g. en",
    time_zone = "of the station", host_id = "of the station's machine", brand_id = "of the product",
  },
}

local LINES_MAX = 64
local KEPT = {
  ["fox.version"] = "fox_version", hostName = "host_name", hostAddress = "host_address", ["app.name"] = "app_name",
  ["app.version"] = "app_version", ["vm.name"] = "vm_name", ["vm.version"] = "vm_version", ["os.name"] = "os_name",
  ["os.version"] = "os_version", ["station.name"] = "station_name", lang = "language", timeZone = "time_zone",
  hostId = "host_id", brandId = "brand_id",
}

function fox.handshake(conn, record)
  conn:send "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n"
  expect(conn:peek(6) == "fox a ", "no Fox message")
  expect(conn:receive_line(256):find "^fox a %-?%d+ %-1 fox %l+", "no Fox message")
  for _ = 1, LINES_MAX do
    local line = conn:receive_line(1024)
    if line:sub(1, 1) == "}" then return end
    local name, value = line:match "^([%w.]+)=s:(.*)$"
    if KEPT[name] then record[KEPT[name]] = value end
  end
  expect(false, "endless message")
end

return fox
