-- GNU mailutils' IMAP and POP3.
return {
  title = "GNU mailutils", package = "mailutils-imap4d", packages = { "mailutils-pop3d" }, tier = 2,
  start = [[
pop3d --no-config --foreground --daemon=20 --set=.server=0.0.0.0:110 &
exec imap4d --no-config --foreground --daemon=20 --set=.server=0.0.0.0:143
]],
  serves = {
    { service = "imap", port = 143, ways = { "wait", "http", "tls", "newlines" }, fields = { greeting = "OK" } },
    { service = "pop3", port = 110, ways = { "wait", "http", "tls", "newlines" }, fields = { ready = true } },
  },
}
