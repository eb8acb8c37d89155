local behaves = require "spec.support.behaves"

behaves("snpp", {
  { "the greeting of RFC 1861", { "220 SNPP Gateway Ready\r\n", { "QUIT\r\n" } }, sent = "QUIT\r\n",
    fields = { code = 220, banner = "SNPP Gateway Ready" } },
  { "a gateway that is busy", { "421 SNPP server busy\r\n" }, fields = { code = 421, banner = "SNPP server busy" } },
  hostile = {
    { "a greeting of another kind", { "220 mail.example ESMTP\r\n" }, fields = {} },
    { "a line that never ends", { "220 " .. ("x"):rep(2000) }, outcome = "overflow", fields = {} },
  },
})
