-- VNC: the ProtocolVersion message, alone or with the refusal after it (RFC 6143 sections 7.1.1 and 7.1.2).
local version = "RFB " * field("version", times(3, digit) * "." * times(3, digit)) * "\n"

return {
  protocol = "vnc", reference = "RFC 6143", ports = { 5900, 5901, 5800 },
  starts = { "RFB " },
  pattern = Ct(version * ((P "\0\0\0\0" + "\0") * Cg(counted_be(4, text), "refused")) ^ -1),
  maybe = Ct("RFB " * field("version", digits * "." * digits) * (S "\r\n" + eos)),
  maybe_examples = { "RFB 003.008", "RFB 003.008\r\n" },
  examples = {
    ["RFB 003.008\n"] = { version = "003.008" },
    ["RFB 003.003\n\0\0\0\0\0\0\0\26Too many security failures"] = {
      version = "003.003", refused = "Too many security failures",
    },
  },
  not_this = { "RFB x.8\n", "rfb 003.008\n" },
}
