-- OSCAR (AIM, ICQ): FLAP frames of a server, signon first (OSCAR protocol, FLAP).
return {
  protocol = "oscar", reference = "OSCAR FLAP", ports = { 5190 },
  starts = { "*" }, pattern = "*\1" * P(2) * "\0\4\0\0\0\1" * eos,
  examples = { ["*\1\0\1\0\4\0\0\0\1"] = {} }, not_this = { "* OK\r\n", "*\1\0\1\0\9\0\0\0\1" },
}
