-- Gearman job server: a binary response, or errors of its text protocol (Gearman protocol).
return {
  protocol = "gearman", reference = "Gearman protocol", ports = { 4730 },
  starts = { "\0RES", I "err ", "OK " }, first = "\0eEO",
  pattern = "\0RES\0\0\0" * R "\1\42" * be(4, 0, 1048576) + I "err unknown_command " * "Unknown+server+command",
  weak = "OK " * (eos + digit * (digit + ".") ^ 1 * crlf),
  maybe_examples = { "OK 1.1.99\n" },
  examples = { ["\0RES\0\0\0\17\0\0\0\4ping"] = {}, ["ERR UNKNOWN_COMMAND Unknown+server+command\r\n"] = {} },
  not_this = { "\0REQ\0\0\0\16\0\0\0\4ping" },
}
