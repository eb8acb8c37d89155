-- beanstalkd without a log.
return {
  title = "beanstalkd", package = "beanstalkd", tier = 1,
  start = [[exec beanstalkd -l 0.0.0.0 -p 11300 -u nobody]],
  serves = { {
    service = "beanstalkd", port = 11300, ways = { "http", "newlines" }, fields = { version = "$upstream" },
  } },
}
