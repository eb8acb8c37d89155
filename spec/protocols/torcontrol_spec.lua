local behaves = require "spec.support.behaves"

behaves("torcontrol", {
  { "Tor", { { "PROTOCOLINFO 1\r\n" }, '250-PROTOCOLINFO 1\r\n250-AUTH METHODS=COOKIE,SAFECOOKIE ' ..
    'COOKIEFILE="/run/tor/control.authcookie"\r\n250-VERSION Tor="0.4.7.16"\r\n250 OK\r\n' },
    sent = "PROTOCOLINFO 1\r\nQUIT\r\n", fields = { version = "0.4.7.16", methods = { "COOKIE", "SAFECOOKIE" } } },
  { "one that wants authentication first", { "514 Authentication required.\r\n" },
    fields = { error = "Authentication required." } },
  hostile = {
    { "a reply without end", { ("250-x\r\n"):rep(40) }, fields = {} },
    { "a reply of nothing", { "250 OK\r\n" }, fields = {} },
    { "a line that never ends", { "250-" .. ("x"):rep(2000) }, outcome = "overflow", fields = {} },
  },
})
