local behaves = require "spec.support.behaves"

local welcome = 'Welcome to the TeamSpeak 3 ServerQuery interface, type "help" for a list of commands'
local greeting = "TS3\n\r" .. welcome .. "\n\r"

behaves("teamspeak", {
  { "a server", { greeting, { "version\n" }, "version=3.13.7 build=1655727713 platform=Linux\n\rerror id=0 msg=ok\n\r",
    { "quit\n" } }, sent = "version\nquit\n", fields = {
      kind = "TS3", banner = welcome, version = "3.13.7", build = "1655727713", platform = "Linux",
    } },
  { "a server that tells its users only", { greeting, { "version\n" },
    "error id=2568 msg=insufficient\\sclient\\spermissions\\p failed_permid=4\n\r" },
    fields = { kind = "TS3", banner = welcome, error = 2568, message = "insufficient client permissions|" } },
  { "a server that lets us not in", { "error id=3329 msg=connection\\sfailed\n\r" },
    fields = { error = 3329, message = "connection failed" } },
  hostile = {
    { "a greeting that goes on", { "TS3 and more\n\r" }, fields = {} },
    { "an error that is none", { "errors\n\r" }, fields = {} },
    { "a text that never ends", { "TS3\n\r" .. ("x"):rep(3000) }, outcome = "overflow", fields = { kind = "TS3" } },
    { "an answer without end", { greeting, ("version=1\n\r"):rep(100) },
      fields = { kind = "TS3", banner = welcome, version = "1" } },
  },
})
