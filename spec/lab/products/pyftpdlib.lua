-- pyftpdlib: FTP in Python.
return {
  title = "pyftpdlib", package = "python3-pyftpdlib", tier = 2,
  start = [[exec python3 -m pyftpdlib -p 21 -d "$run"]],
  serves = { {
    service = "ftp", port = 21, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, banner = { "pyftpdlib $upstream ready." } },
  } },
}
