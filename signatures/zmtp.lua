-- ZeroMQ: a peer's greeting (ZMTP 3.1, RFC 23/ZMTP); both sides send it unasked.
return {
  protocol = "zmtp", reference = "ZMTP 3.1", ports = { 5555, 5556 },
  starts = { "\255\0\0\0\0\0\0\0" },
  pattern = Ct("\255\0\0\0\0\0\0\0" * P(1) * "\127" * (eos + be_number("version", 1, 1, 3) * #(P(1) + eos))),
  examples = { ["\255\0\0\0\0\0\0\0\0\127\3\1NULL" .. ("\0"):rep(48)] = { version = 3 }, ["\255\0\0\0\0\0\0\0\1\127"] = {} },
  not_this = { "\255\0\0\0\0\0\0\0\1\126" },
}
