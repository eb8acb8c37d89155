local behaves = require "spec.support.behaves"

behaves("finger", {
  { "a server", { { "sonde\r\n" }, "\r\nfinger: sonde: no such user.\r\n" }, sent = "sonde\r\n",
    fields = { text = "finger: sonde: no such user." } },
  { "one that always shows its list", { "Login     Name       Tty      Idle  Login Time\r\n" },
    fields = { text = "Login     Name       Tty      Idle  Login Time" } },
  hostile = {
    { "a line that never ends", { ("x"):rep(2000) }, outcome = "overflow", fields = {} },
    { "nothing but lines", { ("\r\n"):rep(20) }, fields = {} },
  },
})
