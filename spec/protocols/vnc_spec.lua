local behaves = require "spec.support.behaves"

behaves("vnc", {
  { "a server of today", { "RFB 003.008\n", { "RFB 003.008\n" }, "\2\2\19" }, sent = "RFB 003.008\n",
    fields = { protocol_version = "3.8", security_types = { 2, 19 } } },
  { "a server of another count", { "RFB 003.889\n", { "RFB 003.008\n" }, "\1\30" },
    fields = { protocol_version = "3.889", security_types = { 30 } } },
  { "a server of version 3.7", { "RFB 003.007\n", { "RFB 003.007\n" }, "\1\1" },
    fields = { protocol_version = "3.7", security_types = { 1 } } },
  { "a server of version 3.3, which decides itself", { "RFB 003.003\n", { "RFB 003.003\n" }, "\0\0\0\2" },
    fields = { protocol_version = "3.3", security_types = { 2 } } },
  { "a server that refuses", { "RFB 003.008\n", { "RFB 003.008\n" }, "\0\0\0\0\17Too many failures" },
    fields = { protocol_version = "3.8", error = "Too many failures" } },
  { "an old server that refuses", { "RFB 003.003\n", { "RFB 003.003\n" }, "\0\0\0\0\0\0\0\4busy" },
    fields = { protocol_version = "3.3", error = "busy" } },
  hostile = {
    { "a reason of 4 GiB", { "RFB 003.008\n", "\0\255\255\255\255no" }, fields = { protocol_version = "3.8" } },
    { "a version that is none", { "RFB 00x.008\n" }, fields = {} },
    { "a version without its end", { "RFB 003.008 \n" }, fields = {} },
  },
})
