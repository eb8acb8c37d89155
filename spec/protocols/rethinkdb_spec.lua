local behaves = require "spec.support.behaves"

local asked = "\195\189\194\52"

behaves("rethinkdb", {
  { "the server of \"Writing RethinkDB drivers\"", { { asked },
    '{\n    "success": true,\n    "min_protocol_version": 0,\n    "max_protocol_version": 0,\n    "server_version": "2.3.0"\n}\0',
  }, sent = asked, fields = { version = "2.3.0", protocol_min = 0, protocol_max = 0 } },
  { "an older server", { "ERROR: Received an unsupported protocol version. This port is for RethinkDB queries.\n\0" },
    fields = { error = "Received an unsupported protocol version. This port is for RethinkDB queries." } },
  hostile = {
    { "an answer that never ends", { "{" .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
    { "an answer of nothing", { "{}\0" }, fields = {} },
  },
})
