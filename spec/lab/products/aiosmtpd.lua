-- aiosmtpd: SMTP in Python, with STARTTLS.
return {
  title = "aiosmtpd", package = "python3-aiosmtpd", tier = 2,
  start = [[exec python3 -m aiosmtpd --nosetuid --listen 0.0.0.0:25 --tlscert "$certificate" --tlskey "$key"]],
  serves = { {
    service = "smtp", port = 25, ways = { "wait", "http", "tls", "newlines" },
    fields = { code = 220, banner = { "Python SMTP $upstream" } }, tls = { sha256 = "$fingerprint" },
  } },
}
