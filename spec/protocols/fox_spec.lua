local behaves = require "spec.support.behaves"

local asked = "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n"

behaves("fox", {
  { "a station", {
    { asked }, "fox a 0 -1 fox hello\n{\nfox.version=s:1.0.1\nid=i:1\nhostName=s:198.18.0.9\nhostAddress=s:198.18.0.9\n" ..
      "app.name=s:Station\napp.version=s:3.8.41\nvm.name=s:Java HotSpot(TM) Client VM\nos.name=s:QNX\nos.version=s:6.4.1\n" ..
      "station.name=s:hall\nlang=s:en\ntimeZone=s:UTC;0;0\nhostId=s:Qnx-NPM6-0000\nbrandId=s:vendor\nsysInfo=o:bog {\n};;\n",
  }, sent = asked, fields = {
    fox_version = "1.0.1", host_name = "198.18.0.9", host_address = "198.18.0.9", app_name = "Station",
    app_version = "3.8.41", vm_name = "Java HotSpot(TM) Client VM", os_name = "QNX", os_version = "6.4.1",
    station_name = "hall", language = "en", time_zone = "UTC;0;0", host_id = "Qnx-NPM6-0000", brand_id = "vendor",
  } },
  { "a station that rejects us", { "fox a -1 -1 fox rejected\n{\n};;\n" }, fields = {} },
  hostile = {
    { "a message without end", { "fox a 0 -1 fox hello\n{\n" .. ("a=i:1\n"):rep(80) }, fields = {} },
    { "a line that never ends", { "fox a 0 -1 fox hello\n" .. ("x"):rep(2000) }, outcome = "overflow", fields = {} },
    { "another message", { "fox a 0\n" }, fields = {} },
  },
})
