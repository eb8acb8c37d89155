-- ManageSieve: capabilities in the greeting, or BYE (RFC 5804 section 1.7).
return {
  protocol = "managesieve", reference = "RFC 5804", ports = { 4190, 2000 },
  starts = { '"', "NO ", "BYE " },
  pattern = describe(Ct(I '"implementation"' * " " * '"' * field("server", (1 - S '"\r\n') ^ 1) * '"'
    + '"' * (I "sasl" + I "sieve" + I "starttls" + I "version" + I "notify") * '"' * (eos + S " \r\n")), "server"),
  weak = (P "NO " + "BYE " + "OK ") * S '"({',
  maybe_examples = { 'BYE "Too many connections"\r\n', 'NO (TRYLATER) "Busy"\r\n' },
  examples = {
    ['"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n"SIEVE" "fileinto reject"\r\nOK "ready."\r\n'] = {
      server = "Dovecot Pigeonhole", product = "Dovecot Pigeonhole",
    },
  },
  not_this = { 'AUTHENTICATE "PLAIN"\r\n' },
}
