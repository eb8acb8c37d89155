-- SNPP: a pager gateway's greeting (RFC 1861 section 4).
return {
  protocol = "snpp", reference = "RFC 1861", ports = { 444 }, over = { "ftp", "smtp" },
  starts = { "220 " },
  pattern = Ct("220 " * #find({ "snpp" }, 1 - S "\r\n") * field("banner", line)),
  examples = { ["220 SNPP Gateway Ready\r\n"] = { banner = "SNPP Gateway Ready" } },
  not_this = { "220 pager.example ready\r\n" },
}
