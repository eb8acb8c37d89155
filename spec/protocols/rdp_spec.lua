local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local asked = "\3\0\0\19\14\224\0\0\0\0\0\1\0\8\0\11\0\0\0"

behaves("rdp", {
  { "the server of MS-RDPBCGR section 4.1.2", { { asked }, "\3\0\0\19\14\208\0\0\18\52\0\2\0\8\0\0\0\0\0" }, sent = asked,
    fields = { protocol = 0, flags = 0 } },
  { "a server with CredSSP", {
    { asked }, "\3\0\0\19\14\208\0\0\18\52\0\2\31\8\0\2\0\0\0", { tls = { version = "TLSv1.2" } },
  }, sent = asked .. peer.HELLO, fields = { protocol = 2, flags = 31 } },
  { "a server that refuses", { "\3\0\0\19\14\208\0\0\18\52\0\3\0\8\0\5\0\0\0" }, fields = { failure = 5 } },
  { "a server from before the negotiation", { "\3\0\0\11\6\208\0\0\18\52\0" }, fields = { protocol = 0 } },
  hostile = {
    { "words put before TLS", { "\3\0\0\19\14\208\0\0\18\52\0\2\0\8\0\1\0\0\0\22", { tls = { version = "TLSv1.2" } } },
      outcome = "tls", fields = { protocol = 1, flags = 0 } },
    { "TLS that does not come up", { "\3\0\0\19\14\208\0\0\18\52\0\2\0\8\0\1\0\0\0", { tls = "no TLS" } },
      outcome = "tls", fields = { protocol = 1, flags = 0 } },
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a packet of 64 kB", { "\3\0\255\255" }, fields = {} },
    { "a negotiation of another size", { "\3\0\0\19\14\208\0\0\18\52\0\2\0\9\0\0\0\0\0" }, fields = {} },
    { "a negotiation that is none", { "\3\0\0\19\14\208\0\0\18\52\0\9\0\8\0\0\0\0\0" }, fields = {} },
  },
})
