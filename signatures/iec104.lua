-- IEC 60870-5-104: confirmations, test frames and data of a controlled station (IEC 60870-5-104 section 5).
local control = "\4" * (S "\11\35\131" * "\0\0\0") * (eos + "h")
local cause = R "\1\13" + R "\20\41" + R "\44\47"
local information = all_be(1, 0, 10, 253) * bits(1, 0) * P(1) * bits(1, 0) * P(1) * R "\1\127" * R "\1\127" * cause * "\0" * P(2)

return {
  protocol = "iec104", reference = "IEC 60870-5-104", ports = { 2404 },
  starts = { "h" },
  pattern = "h" * (control + information * #P(3)),
  weak = "h\4\1\0" * bits(1, 0) * P(1) * eos,     -- an acknowledgment of information
  maybe_examples = { "h\4\1\0\2\0" },
  unasked = "h\4\67\0\0\0" * eos,
  unasked_examples = { "h\4\67\0\0\0" },
  examples = { ["h\4\11\0\0\0"] = {}, ["h\4\131\0\0\0"] = {}, ["h\14\0\0\0\0\70\1\4\0\1\0\0\0\0\0"] = {} },
  not_this = { "h\4\7\0\0\0", "hello world, how are you" },
}
