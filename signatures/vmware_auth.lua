-- VMware authentication daemon: its greeting.
return {
  protocol = "vmware_auth", reference = "VMware Authentication Daemon, observed form", ports = { 902 }, over = { "ftp", "smtp" },
  starts = { "220 VMware" },
  pattern = Ct("220 VMware Authentication Daemon Version " * field("version", (1 - S ":, \r\n") ^ 1)),
  examples = {
    ["220 VMware Authentication Daemon Version 1.10: SSL Required, MKSDisplayProtocol:VNC\r\n"] = { version = "1.10" },
  },
  not_this = { "220 VMware\r\n" },
}
