-- X11: connection setup accepted, refused or wanting authentication (X Window System Protocol, section 8).
local little = P "\11\0\0\0"
local big = P "\0\11\0\0"
local vendor = field("vendor", printable ^ 1)

return {
  protocol = "x11", reference = "X Window System Protocol, X Version 11", ports = { 6000, 6001, 6002 },
  starts = { P(2) * (little + big) }, first = "\0\1\2",
  pattern = Ct(P "\1\0" * (little * P(2) * le_number("release", 4, 0, 4294967295) * P(12) * le(2, 1, 256)
      + big * P(2) * be_number("release", 4, 0, 4294967295) * P(12) * be(2, 1, 256)) * P(14) * vendor
    + (P "\0" + "\2") * P(1) * (little + big) * P(2) * field("reason", printable ^ 4)),
  weak = (P "\1\0" + S "\0\2" * P(1)) * (little + big) * P(2),
  maybe_examples = { "\0\22\0\11\0\0\0\6Cl", "\1\0\11\0\0\0\9\0\1\0\0\0" },
  examples = {
    ["\1\0\11\0\0\0\9\0\1\0\0\0\0\0\32\0\255\255\31\0\0\1\0\0\11\0\255\255\1\7\0\0\32\32\8\255\0\0\0\0Example Org\0"] = {
      release = 1, vendor = "Example Org",
    },
    ["\0\27\11\0\0\0\7\0No protocol specified\10"] = { reason = "No protocol specified" },
  },
  not_this = { "l\0\11\0\0\0\0\0\0\0\0\0", "B\0\0\11\0\0\0\0\0\0\0\0" },
}
