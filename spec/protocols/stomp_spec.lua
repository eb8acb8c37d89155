local behaves = require "spec.support.behaves"

local asked = "CONNECT\naccept-version:0.0\nhost:198.18.0.7\n\n\0"

behaves("stomp", {
  { "the answer of the specification", {   -- STOMP 1.2, "Protocol Negotiation"
    { asked }, "ERROR\nversion:1.2,2.1\ncontent-type:text/plain\n\nSupported protocol versions are 1.2 2.1\0",
  }, sent = asked, fields = { command = "ERROR", versions = { "1.2", "2.1" } } },
  { "a server that says who it is", {
    "ERROR\r\nmessage:Version mismatch\r\nversion:1.0,1.1,1.2\r\nserver:RabbitMQ/3.10.8\r\n\r\n\0",
  }, fields = {
    command = "ERROR", message = "Version mismatch", versions = { "1.0", "1.1", "1.2" }, server = "RabbitMQ/3.10.8",
  } },
  { "a server of version 1.0, which asks for none", { "CONNECTED\nsession:1\n\n\0" }, fields = { command = "CONNECTED" } },
  hostile = {
    { "headers without end", { "ERROR\n" .. ("a:b\n"):rep(40) }, fields = { command = "ERROR" } },
    { "an error of another kind", { "ERROR: unknown command\r\n" }, outcome = "overflow", fields = {} },
    { "a header that is none", { "ERROR\nhello\n\n\0" }, fields = { command = "ERROR" } },
    { "another command", { "CONNECT\n\n\0" }, fields = {} },
  },
})
