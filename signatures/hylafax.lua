-- HylaFAX: the greeting of its client protocol (hfaxd(8)).
return {
  protocol = "hylafax", reference = "hfaxd(8)", ports = { 4559 }, over = { "smtp", "ftp" },
  starts = { "220 " * token * " server (HylaFAX" }, first = "2",
  pattern = Ct("220 " * token * " server (HylaFAX (tm) Version " * field("version", (1 - S ") \r\n") ^ 1)),
  examples = { ["220 fax.example server (HylaFAX (tm) Version 6.0.7) ready.\r\n"] = { version = "6.0.7" } },
  not_this = { "220 fax.example server ready.\r\n" },
}
