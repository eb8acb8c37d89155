-- beanstalkd: errors and statistics (beanstalkd doc/protocol.txt).
return {
  protocol = "beanstalkd", reference = "beanstalkd protocol.txt", ports = { 11300 },
  starts = { "UNKNOWN_COMMAND\r\n", "BAD_FORMAT\r\n", "OK ", "OUT_OF_MEMORY\r\n", "INTERNAL_ERROR\r\n", "NOT_FOUND\r\n",
    "JOB_TOO_BIG\r\n", "DRAINING\r\n" },
  pattern = Ct(P "UNKNOWN_COMMAND\r\n" + "BAD_FORMAT\r\n"
    + "OK " * digits * "\r\n---\n" * (find { '\nversion: ' } * P '"' ^ -1 * field("version", (1 - S '"\r\n') ^ 1)) ^ -1),
  weak = P "OUT_OF_MEMORY\r\n" + "INTERNAL_ERROR\r\n" + "NOT_FOUND\r\n" + "JOB_TOO_BIG\r\n" + "DRAINING\r\n",
  maybe_examples = { "DRAINING\r\n", "INTERNAL_ERROR\r\n" },
  examples = {
    ["UNKNOWN_COMMAND\r\nUNKNOWN_COMMAND\r\n"] = {},
    ["OK 60\r\n---\ncurrent-jobs-urgent: 0\nversion: \"1.13\"\n\r\n"] = { version = "1.13" },
  },
  not_this = { "stats\r\n", "UNKNOWN COMMAND\n" },
}
