-- DNS over TCP: a response after its length (RFC 1035 sections 4.1 and 4.2.2), with the version where version.bind was asked.
local label = #R "\1\63" * skip_be(1)
local name = label ^ 0 * "\0"
local flags = bits(0x80, 0x80) * bits(0x40, 0)     -- a response; Z is zero
local question = name * be(2, 1, 65535) * "\0" * S "\1\3\254\255"
local version = I "\7version" * (I "\4bind" + I "\6server") * "\0\0\16\0\3"
  * (("\192\12" + name) * "\0\16\0\3" * P(4) * be(2, 2, 256) * Cg(counted_be(1, 1 - R "\0\31"), "text")) ^ -1
local bind = Ct(#digit * set("product", "BIND") * field("version", (1 - S " ") ^ 1))
local other = Ct(field("product", alpha ^ 1) * S "- " ^ -1 * S "vV" ^ -1 * field("version", digit * token ^ -1) ^ -1)

return {
  protocol = "dns", reference = "RFC 1035", ports = { 53 },
  starts = { P(4) * flags, P(2) * eos },
  pattern = describe(Ct(be(2, 17, 65535) * P(2) * flags * "\0\1" * be(2, 0, 2048) * be(2, 0, 512) * be(2, 0, 512)
    * (version + question)), "text", bind + other),
  -- what a name server answers to bytes that are no query: a header with FORMERR, NOTIMP or REFUSED
  maybe = "\0\12" * P(2) * bits(0x80, 0x80) * (bits(0x7f, 1) + bits(0x7f, 4) + bits(0x7f, 5)) * ("\0"):rep(8) * eos,
  -- an answer without its question; and the length in a segment of its own, as some servers send it
  weak = "\0" * R "\12\255" * eos
    + be(2, 12, 65535) * (P(2) * bits(0x80, 0x80) * P(1) * be(2, 0, 1) * be(2, 0, 2048) * be(2, 0, 512) * be(2, 0, 512)),
  examples = {
    ["\0\57\18\52\133\0\0\1\0\1\0\0\0\0\7version\4bind\0\0\16\0\3\192\12\0\16\0\3\0\0\0\0\0\15\0149.18.99-Debian"] = {
      text = "9.18.99-Debian", product = "BIND", version = "9.18.99-Debian", vendor = "isc", cpe = "isc:bind", os = "Debian",
    },
    ["\0\30\18\52\129\5\0\1\0\0\0\0\0\0\7version\4bind\0\0\16\0\3"] = {},
    ["\0\29\18\52\129\130\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1"] = {},
  },
  maybe_examples = { "\0\90", "\0\12GE\129\130\0\0\0\0\0\0\0\0", "\0\12GE\132\1\0\0\0\0\0\0\0\0" },
  not_this = { "\0\30\18\52\1\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\16\0\3", "\0\12\18\52\1\0\0\0\0\0\0\0\0\0" },
}
