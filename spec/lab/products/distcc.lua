-- distcc's daemon.
return {
  title = "distcc", package = "distcc", tier = 2,
  start = [[exec distccd --daemon --no-detach --log-stderr --user nobody --allow 0.0.0.0/0 --port 3632 --jobs 2]],
  serves = { { service = "distcc", port = 3632, handshake = false, ways = {} } },
}
