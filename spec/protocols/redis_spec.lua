local behaves = require "spec.support.behaves"

local asked = "*1\r\n$4\r\nPING\r\n"

behaves("redis", {
  { "an open server", { { asked }, "+PONG\r\n" }, sent = asked, fields = { reply = "PONG", open = true } },
  { "a server with a password", { { asked }, "-NOAUTH Authentication required.\r\n" },
    fields = { reply = "NOAUTH Authentication required.", open = false, error = "NOAUTH" } },
  { "a server in protected mode", { "-DENIED Redis is running in protected mode.\r\n" },
    fields = { reply = "DENIED Redis is running in protected mode.", open = false, error = "DENIED" } },
  { "a server of another kind that speaks RESP", { "-ERR unknown command\r\n" },
    fields = { reply = "ERR unknown command", open = false, error = "ERR" } },
  hostile = {
    { "a line that never ends", { "+" .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
    { "a bulk string of 2 GiB", { "$2147483647\r\nx" }, fields = {} },
    { "a greeting of POP3", { "+OK ready\r\n" } },
  },
})
