-- Omron FINS over TCP: node address answer and error notice (Omron W421, section 7-4).
return {
  protocol = "fins", reference = "Omron W421", ports = { 9600 },
  starts = { "FINS" },
  pattern = Ct("FINS" * be(4, 8, 2048) * "\0\0\0" * (S "\1\3" * be_number("error", 4, 0, 37) + "\2" * P(4) * bits(0xc0, 0xc0))),
  examples = { ["FINS\0\0\0\16\0\0\0\1\0\0\0\0\0\0\0\239\0\0\0\1"] = { error = 0 } },
  not_this = { "FINS\0\0\0\12\0\0\0\0\0\0\0\0\0\0\0\0" },
}
