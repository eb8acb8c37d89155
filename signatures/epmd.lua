-- Erlang port mapper: the answer to NAMES_REQ, which opens with its own port (Erlang distribution protocol).
return {
  protocol = "epmd", reference = "Erlang distribution protocol", ports = { 4369 },
  starts = { "\0\0\17\17" },
  pattern = Ct("\0\0\17\17" * (eos + "name " * field("node", token) * " at port " * digits)),
  examples = { ["\0\0\17\17name rabbit at port 25672\n"] = { node = "rabbit" }, ["\0\0\17\17"] = {} },
  not_this = { "\0\1n" },
}
