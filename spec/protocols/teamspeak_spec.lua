local behaves = require "spec.support.behaves"

local welcome = 'Welcome to the TeamSpeak 3 ServerQuery interface, type "help" for a list of commands'

behaves("teamspeak", {
  { "a server", { "TS3\n\r" .. welcome .. "\n\r", { "quit\n" } }, sent = "quit\n", fields = { kind = "TS3", banner = welcome } },
  hostile = {
    { "a greeting that goes on", { "TS3 and more\n\r" }, fields = {} },
    { "a text that never ends", { "TS3\n\r" .. ("x"):rep(3000) }, outcome = "overflow", fields = { kind = "TS3" } },
  },
})
