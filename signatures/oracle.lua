-- Oracle: ACCEPT, REFUSE, REDIRECT and RESEND packets of the listener (Oracle Net, Transparent Network Substrate).
local error = find { "(ERR=" } * number("error", upto(5, digit, 1))
local version = find { "(VSNNUM=" } * field("vsnnum", digits)

return {
  protocol = "oracle", reference = "Oracle Net Services (TNS)", ports = { 1521, 1522 }, handshakes = { "oracle", "tns" },
  starts = { R "\0\31" * P(1) * "\0\0" * S "\2\4\5\6\11\12", "\0\0" * R "\0\31" * P(1) * "\2\0" },
  first = "\0\1\2\3\4\5\6\7\8\9\10\11\12\13\14\15\16",
  pattern = Ct("\0\0" * fits_be(2, 4, 24, 8192) * "\2\0\0\0\1" * R "\44\63" * P(4)    -- four bytes of length since 12c
    + fits_be(2, 2, 8, 8192) * "\0\0" * ("\4" * P(3) * P(2) * be(2, 0, 4096) * #printable * (version + P(true))
    * (error + P(true))
    + "\5" * P(3) * be(2, 1, 4096) * #P "(" + "\2" * P(3) * "\1" * R "\44\63"
    + "\11\0\0\0" * (eos + P(2) * "\0\0" * S "\2\4\5"))),   -- RESEND, and what it says when it was asked again
  weak = be(2, 8, 8192) * "\0\0" * (S "\4\5" * P(3) * (P(2) * P "(" ^ -1 + P(2) * eos) + "\12\0\0\0" * (eos + P(3))
    + "\6" * P(5) + "\2" * P(3) * "\1" * R "\44\63"),
  maybe_examples = { "\0\10\0\0\5\0\0\0\0\64", "\0\11\0\0\12\0\0\0\1\0\2", "\0\80\0\0\5\0\0\0\0\70(ADDRESS=" },
  examples = {
    ["\0\65\0\0\4\0\0\0\34\0\0\53(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=1189)(X=Y))"] = { vsnnum = "318767104",
      error = 1189 },
    ["\0\8\0\0\11\0\0\0"] = {},
  },
  not_this = { "\0\58\0\0\1\0\0\0\1\57\1\44\0\0" },
}
