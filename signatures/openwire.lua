-- OpenWire: the WireFormatInfo that ActiveMQ opens with (Apache ActiveMQ, OpenWire version 2).
return {
  protocol = "openwire", reference = "OpenWire version 2", ports = { 61616 },
  starts = { P(4) * "\1ActiveMQ" }, first = "\0",
  pattern = Ct(be(4, 10, 65536) * "\1ActiveMQ" * be_number("version", 4, 1, 20)
    * (find { "ProviderVersion\9" } * Cg(counted_be(2, printable), "product_version")) ^ -1),
  examples = { ["\0\0\0\32\1ActiveMQ\0\0\0\12\1\0\0\0\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0"] = { version = 12 } },
  not_this = { "ActiveMQ\0\0\0\12" },
}
