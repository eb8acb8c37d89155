local behaves = require "spec.support.behaves"

behaves("qotd", {
  { "a server", { "\"Simplicity is prerequisite for reliability.\"\r\n - E. W. Dijkstra\r\n" }, sent = "",
    fields = { quote = "\"Simplicity is prerequisite for reliability.\"" } },
  { "a quote after empty lines", { "\n\nHello.\n" }, fields = { quote = "Hello." } },
  hostile = {
    { "a line that never ends", { ("x"):rep(600) }, outcome = "overflow", fields = {} },
    { "nothing but lines", { ("\r\n"):rep(20) }, fields = {} },
  },
})
