-- NATS: the INFO a server opens with, and its error (NATS client protocol).
return {
  protocol = "nats", reference = "NATS client protocol", ports = { 4222 },
  starts = { "INFO {", "-ERR '" },
  pattern = Ct("INFO {" * (find({ '"version":"' }, 1 - S "\r\n") * field("version", (1 - S '"\r\n') ^ 1)) ^ -1
    + "-ERR '" * field("error", (1 - S "'\r\n") ^ 1) * "'"),
  examples = {
    ['INFO {"server_id":"NX","version":"2.10.99","proto":1}\r\n'] = { version = "2.10.99" },
    ["-ERR 'Unknown Protocol Operation'\r\n"] = { error = "Unknown Protocol Operation" },
  },
  not_this = { "CONNECT {}\r\nPING\r\n", "-ERR unknown command 'GET'\r\n" },
}
