-- Asterisk Manager Interface: its greeting (Asterisk documentation, AMI).
return {
  protocol = "ami", reference = "Asterisk AMI", ports = { 5038 },
  starts = { "Asterisk Call Manager/" },
  pattern = Ct("Asterisk Call Manager/" * field("version", token)),
  examples = { ["Asterisk Call Manager/9.0.0\r\n"] = { version = "9.0.0" } },
  not_this = { "Action: Login\r\n" },
}
