-- DRDA (DB2, Derby, Informix): the reply to EXCSAT in a DSS (DRDA volume 3, Distributed Data Management).
return {
  protocol = "drda", reference = "Open Group DRDA, volume 3", ports = { 50000, 523, 446, 1527 }, handshakes = { "drda", "db2" },
  starts = { P(2) * "\208" }, first = R "\0\31",
  pattern = be(2, 10, 32767) * "\208" * S "\2\3\66\67\82\83" * P(2) * be(2, 4, 32767) * (P "\20\67" + "\18"
    * S "\16\25\28\51\69\76\80\82\84" + "\20\172" + "\34" * S "\1\3\17\18"),
  examples = {
    ["\0\16\208\3\0\2\0\10\20\172\0\6\17\162\0\3"] = {}, ["\0\16\208\67\0\1\0\10\20\67\0\6\17\71\216\196"] = {} },
  not_this = { "\0\16\208\1\0\1\0\10\16\65\0\6\17\71\216\196" },
}
