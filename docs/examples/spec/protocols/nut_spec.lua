local behaves = require "spec.support.behaves"

behaves("nut", {
  { "an upsd", { { "VER\n" }, "Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/\n" }, sent = "VER\n",
    fields = { banner = "Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/", version = "2.8.0" } },
  { "a server that does not know VER", { { "VER\n" }, "ERR UNKNOWN-COMMAND\n" }, outcome = "mismatch",
    fields = { banner = "ERR UNKNOWN-COMMAND" } },
  { "upsd of Debian 12", replay = "nut.jsonl", fields = {
    banner = "Network UPS Tools upsd 2.8.0 - http://www.networkupstools.org/", version = "2.8.0" } },
  hostile = {
    { "a line that never ends", { ("Network UPS Tools "):rep(300) }, outcome = "overflow", fields = {} },
  },
})
