local behaves = require "spec.support.behaves"

local asked = "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\n\r\n"

behaves("rtsp", {
  { "a camera", { { asked },
    "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Camera 3\r\nPublic: OPTIONS, DESCRIBE,SETUP , PLAY\r\n\r\n",
  }, sent = asked, fields = {
    protocol_version = "1.0", status = 200, reason = "OK", server = "Camera 3",
    methods = { "OPTIONS", "DESCRIBE", "SETUP", "PLAY" },
  } },
  { "a server that wants a login", { { asked }, "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\npublic:\r\n\r\n" },
    fields = { protocol_version = "1.0", status = 401, reason = "Unauthorized" } },
  hostile = {
    { "header fields without end", { "RTSP/1.0 200 OK\r\n" .. ("A: b\r\n"):rep(1000) } },
    { "a line that never ends", { "RTSP/1.0 200 " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
    { "a status that is no number", { "RTSP/1.0 OK\r\n\r\n" }, fields = {} },
  },
})
