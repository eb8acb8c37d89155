-- TLS and SSL: a ServerHello or an Alert in a record (RFC 8446 section 5.1, RFC 6101), or SSL 2's SERVER-HELLO.
local names = { ["\0"] = "SSLv3", ["\1"] = "TLSv1.0", ["\2"] = "TLSv1.1", ["\3"] = "TLSv1.2", ["\4"] = "TLSv1.3" }
local function version(name) return "\3" * Cg(C(R "\0\4") / names, name) end
local draft = "\127" * R "\1\40" * set("version", "TLSv1.3 draft")   -- RFC 8446's drafts, section 4.2.1.1
local skip = skip_be(1)
local other = P(2) * skip_be(2) - "\0\43"
local supported_versions = (other ^ -24 * "\0\43\0\2" * version "version") ^ -1
local hello = "\22\3" * R "\0\4" * be(2, 4, 16640) * "\2\0" * be(2, 38, 16380) * (draft * P(32) + version "version" * P(32)
  * (skip * hexadecimal("cipher", P(2)) * P(1) * (P(2) * supported_versions) ^ -1) ^ -1)
local alert = "\21" * version "version" * "\0\2" * S "\1\2" * be_number("alert", 1, 0, 255)
local ssl2 = bits(0x80, 0x80) * P(1) * "\4" * S "\0\1" * S "\0\1\2\3" * "\0\2" * be(2, 0, 8192) * be(2, 0, 1024)
  * "\0" * S "\0\16" * set("version", "SSLv2")

return {
  protocol = "tls", reference = "RFC 8446", ports = { 443, 465, 636, 853, 989, 990, 993, 995, 8443, 8883 },
  handshakes = { "tls", "tls_export", "ssl3", "ssl2" },
  starts = { R "\20\24" * "\3", "\21\0\0\0\2", "\128\3\0\0", P(2) * "\4" }, first = R "\20\24" + R "\128\255",
  pattern = Ct(hello + alert + ssl2 + "\20" * version "version" * "\0\1\1" + "\23\3" * R "\0\4" * be(2, 17, 16640) * P(16)
    + "\128\3\0\0" * S "\1\2\4\6" * eos * set("version", "SSLv2")),   -- SSL 2's ERROR
  -- beginnings, messages of a session that had begun before, and an alert without a version
  weak = (R "\20\21" + R "\23\24") * "\3" * R "\0\4" * be(2, 1, 18432)
    + "\22\3" * R "\0\4" * be(2, 1, 18432) * (eos + S "\0\2\4\8\11\12\13\14\20\22") + "\21\0\0\0\2" * S "\1\2" * P(1) * eos,
  maybe_examples = { "\22\3\3\0\74", "\22\3\3\0\74\2\0\0\70\3\3rr", "\21\3\3\0\26" .. ("e"):rep(26), "\21\0\0\0\2\2\10" },
  examples = {
    ["\22\3\3\0\42\2\0\0\38\3\3" .. ("r"):rep(32) .. "\0\192\47\0"] = { version = "TLSv1.2", cipher = "c02f" },
    ["\22\3\3\0\52\2\0\0\48\3\3" .. ("r"):rep(32) .. "\0\19\2\0\0\6\0\43\0\2\3\4"] = {
      version = "TLSv1.3", cipher = "1302",
    },
    ["\128\3\0\0\1"] = { version = "SSLv2" },
    ["\20\3\3\0\1\1"] = { version = "TLSv1.2" },
    ["\21\3\1\0\2\2\40"] = { version = "TLSv1.0", alert = 40 },
  },
  not_this = {
    "\22\3\1\0\60\1\0\0\56\3\3" .. ("r"):rep(52), -- a ClientHello
    "\22\3\1\1 : USERID : UNIX : lab\r\n",       -- its beginning, repeated
    "\21\3\1\0\2",
  },
}
