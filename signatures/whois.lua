-- WHOIS: what registries write at the top of an answer (RFC 3912 leaves the form to them).
local comment = S "%#" * sp
return {
  protocol = "whois", reference = "RFC 3912", ports = { 43 }, handshakes = {},
  starts = { S " \r\n" ^ 0 * (S "%#[*" + alpha) }, first = alpha + S "%#[* \r\n",
  pattern = comment * #find({ "whois", "registr", "ripe database", "arin" }, text) * line * crlf,
  maybe = (P "No match for" + I "domain name:" + I "domain:") * line * crlf,
  weak = S " \r\n" ^ 0 * (S "%#[*" + alpha) * (text + R "\128\255") ^ 5 * eos,   -- each registry has words of its own
  examples = { ["% Example WHOIS server\n% for more information see the terms\n"] = {} },
  maybe_examples = { "No match for \"EXAMPLE\".\r\n", "Domain Name: EXAMPLE.ORG\r\n", "Query limit reached\r\n",
    "[ about this service ]\n", "% No entries here\n" },
  not_this = { "# comment\n", "GET / HTTP/1.0\r\n\r\n" },
}
