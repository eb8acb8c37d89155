-- rsync daemon: its greeting (rsync protocol, "@RSYNCD:").
return {
  protocol = "rsync", reference = "rsync daemon protocol", ports = { 873 },
  starts = { "@RSYNCD: ", "@ERROR" },
  pattern = Ct("@RSYNCD: " * field("version", digits * ("." * digits) ^ -1) + "@ERROR: " * field("error", line)),
  examples = {
    ["@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"] = { version = "31.0" },
    ["@ERROR: protocol startup error\n"] = { error = "protocol startup error" },
  },
  not_this = { "@RSYNCD: EXIT\n" },
}
