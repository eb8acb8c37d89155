-- Firebird and InterBase: the server's acceptance of a connection (Firebird wire protocol, op_accept and kin).
return {
  protocol = "firebird", reference = "Firebird wire protocol", ports = { 3050 },
  starts = { "\0\0\0" * S "\3\92\94\98" }, first = "\0",
  pattern = Ct("\0\0\0" * S "\3\94\98" * ((P "\255\255\128" + "\0\0\128") * be_number("version", 1, 10, 32) + P "\0\0\0\10")
    * "\0\0\0" * R "\1\64" * "\0\0\0" * R "\1\7" + "\0\0\0\92" * P(("\0"):rep(16)) * eos),
  examples = { ["\0\0\0\3\255\255\128\13\0\0\0\1\0\0\0\3"] = { version = 13 }, ["\0\0\0\3\0\0\0\10\0\0\0\1\0\0\0\3"] = {},
    ["\0\0\0\92" .. ("\0"):rep(16)] = {} },
  not_this = { "\0\0\0\1\0\0\0\19\0\0\0\3\0\0\0\36" },
}
