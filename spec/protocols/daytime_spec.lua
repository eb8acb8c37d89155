local behaves = require "spec.support.behaves"

behaves("daytime", {
  { "a form of RFC 867", { "Tuesday, February 22, 1982 17:37:43-PST\r\n" }, sent = "",
    fields = { date = "Tuesday, February 22, 1982 17:37:43-PST" } },
  { "a server of NIST", { "\n60310 24-01-01 12:34:56 00 0 0 112.3 UTC(NIST) * \n" },
    fields = { date = "60310 24-01-01 12:34:56 00 0 0 112.3 UTC(NIST) * " } },
  hostile = { { "a day without a time", { "Tuesday\r\n" }, fields = {} } },
})
