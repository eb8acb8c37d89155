-- GIOP (CORBA): replies and errors (OMG CORBA 3.3, part 2, section 9.4).
return {
  protocol = "giop", reference = "OMG CORBA 3.3 part 2", ports = { 683, 1050, 2809 },
  starts = { "GIOP" },
  pattern = Ct("GIOP\1" * be_number("minor", 1, 0, 2) * R "\0\3" * S "\1\4\5\6" * P(4)),
  examples = { ["GIOP\1\2\0\6\0\0\0\0"] = { minor = 2 } },
  not_this = { "GIOP\1\2\0\0\0\0\0\8\0\0\0\1\0\0\0\0" },
}
