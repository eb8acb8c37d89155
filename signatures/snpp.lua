-- SNPP: a pager gateway's greeting (RFC 1861 section 4).
local greeting = "220 " * find({ "snpp" }, 1 - S "\r\n")

return {
  protocol = "snpp", reference = "RFC 1861", ports = { 444 }, over = { "ftp", "smtp" },
  starts = { greeting }, first = "2",
  pattern = Ct(#greeting * P(4) * field("banner", line)),
  examples = { ["220 SNPP Gateway Ready\r\n"] = { banner = "SNPP Gateway Ready" } },
  not_this = { "220 pager.example ready\r\n" },
}
