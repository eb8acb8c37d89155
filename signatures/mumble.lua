-- Mumble inside TLS: the server's Version message (Mumble protocol, "Establishing a connection"; Protocol Buffers).
local high = R "\128\255"
local varint = high ^ -9 * R "\0\127"

return {
  protocol = "mumble", reference = "Mumble protocol", ports = { 64738 },
  starts = { "\0\0\0\0\0" },
  pattern = Ct("\0\0" * fits_be(4, 0, 6, 120) * "\8" * varint * "\18" * Cg(counted_be(1, printable, 1), "release")
    * ("\26" * Cg(counted_be(1, printable), "os") * ("\34" * Cg(counted_be(1, printable), "os_version")) ^ -1) ^ -1),
  examples = {
    ["\0\0\0\0\0\27\8\132\134\4\18\5" .. "1.3.9\26\3X11\34\9Example 9"] = {
      release = "1.3.9", os = "X11", os_version = "Example 9",
    },
  },
  not_this = { "\0\0\0\0\0\2\8\1" },
}
