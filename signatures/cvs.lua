-- CVS pserver: authentication refused or misunderstood (cvsclient, "How to Connect").
return {
  protocol = "cvs", reference = "cvsclient", ports = { 2401 },
  starts = { "cvs ", "I HATE YOU\n", "I LOVE YOU\n", "E Fatal error", "error 0 " },
  pattern = P "cvs [" * (P "pserver" + "server") * " aborted]" + "cvs: " + "cvs pserver: " + "I HATE YOU\n"
    + "I LOVE YOU\n" + "error 0 " * printable * line * crlf,
  examples = { ["cvs [pserver aborted]: bad auth protocol start: GET / HTTP/1.1\n"] = {}, ["I HATE YOU\n"] = {} },
  not_this = { "BEGIN AUTH REQUEST\n" },
}
