-- SPICE: the server's link reply (SPICE protocol, link stage); a client's message has the same head.
return {
  protocol = "spice", reference = "SPICE protocol", ports = { 5900, 5930, 3001 },
  starts = { "REDQ" }, pattern = Ct("REDQ" * le(4, 1, 2) * le(4, 0, 9) * le(4, 166, 1024) * le_number("error", 4, 0, 9) * "0"),
  examples = { ["REDQ\2\0\0\0\2\0\0\0\186\0\0\0\0\0\0\0000\129\159\48"] = { error = 0 } },
  not_this = { "REDQ\2\0\0\0\2\0\0\0\26\0\0\0\0\0\0\0\1\0\1\0\0\0\1\0\0\0\18\0\0\0\9\0\0\0" },
}
