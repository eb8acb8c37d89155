local behaves = require "spec.support.behaves"

behaves("rsync", {
  { "a daemon of protocol 31", { "@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n" }, sent = "",
    fields = { protocol_version = "31.0", digests = { "sha512", "sha256", "sha1", "md5", "md4" } } },
  { "an older one", { "@RSYNCD: 29\n" }, fields = { protocol_version = "29" } },
  { "one that refuses", { "@ERROR: max connections (1) reached -- try again later\n" },
    fields = { error = "max connections (1) reached -- try again later" } },
  hostile = {
    { "a line that never ends", { "@RSYNCD: " .. ("x"):rep(2000) }, outcome = "overflow", fields = {} },
    { "a greeting without a version", { "@RSYNCD: EXIT\n" }, fields = {} },
  },
})
