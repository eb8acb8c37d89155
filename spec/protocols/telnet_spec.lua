local behaves = require "spec.support.behaves"

local IAC, DONT, DO, WONT, WILL, SB, SE = "\255", "\254", "\253", "\252", "\251", "\250", "\240"

behaves("telnet", {
  { "a server that negotiates, then asks for a login", {
    IAC .. DO .. "\24" .. IAC .. DO .. "\32" .. IAC .. WILL .. "\3",
    { IAC .. WONT .. "\24" .. IAC .. WONT .. "\32" .. IAC .. DONT .. "\3" },
    "\r\nDebian GNU/Linux 12\r\nhost login: ",
  }, sent = IAC .. WONT .. "\24" .. IAC .. WONT .. "\32" .. IAC .. DONT .. "\3",
    fields = { options = { "do 24", "do 32", "will 3" }, text = "\r\nDebian GNU/Linux 12\r\nhost login: " } },
  { "repeated and final options, subnegotiation, escapes and other commands", {
    IAC .. WILL .. "\1" .. IAC .. WILL .. "\1" .. IAC .. DONT .. "\5" .. IAC .. WONT .. "\6",
    IAC .. SB .. "\24\1" .. IAC .. IAC .. "\240" .. IAC .. SE .. IAC .. "\249",
    "a" .. IAC .. IAC .. "b\r\nPassword: ",
  }, sent = IAC .. DONT .. "\1",
    fields = { options = { "will 1", "dont 5", "wont 6" }, text = "a\255b\r\nPassword: " } },
  { "a server that shows a screen and then waits", { IAC .. WILL .. "\1" .. "Menu\r\n1) Status\r\n> " },
    outcome = "timeout", fields = { options = { "will 1" }, text = "Menu\r\n1) Status\r\n> " } },
  { "a login without any negotiation", { "router login: " }, outcome = "mismatch", sent = "",
    fields = { text = "router login: " } },
  growing = { "text" },
  wrong = "closed",  -- text is Telnet too
  hostile = {
    { "subnegotiation that never ends", { IAC .. SB .. ("x"):rep(5000) } },
    { "subnegotiation of escapes", { IAC .. SB .. (IAC .. IAC):rep(5000) } },
    { "text that never ends", { IAC .. DO .. "\1" .. ("x"):rep(5000) }, outcome = "done",
      fields = { options = { "do 1" }, text = ("x"):rep(2048) } },
    { "commands that never end", { IAC .. DO .. "\1" .. (IAC .. "\241"):rep(50000) }, outcome = "done",
      fields = { options = { "do 1" } } },
  },
})
