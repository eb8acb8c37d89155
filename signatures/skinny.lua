-- Skinny (SCCP): messages of a call manager (Cisco SCCP message reference).
local message = S "\129\130\143\151\155\157\159"
local version = S "\0\10\11\12\15\17\18\19\20\22" * "\0\0\0"
local later = R "\129\159" * "\0\0\0" + R "\1\95" * "\1\0\0"   -- all that a call manager sends

return {
  protocol = "skinny", reference = "Cisco Skinny Client Control Protocol", ports = { 2000, 2443 }, handshakes = { "skinny",
    "sccp" },
  starts = { "\4\0\0\0" * P(4) * "\0\1\0\0", P(2) * "\0\0" * version * (message * "\0\0\0" + later) },
  pattern = fits_le(4, -4, 4, 2048) * P(4) * message * "\0\0\0" + "\4\0\0\0" * P(4) * "\0\1\0\0" * eos,   -- KeepAliveAck
  weak = fits_le(4, -4, 4, 2048) * version * later,
  maybe_examples = { "\8\0\0\0\0\0\0\0\133\0\0\0\1\0\0\0", "\8\0\0\0\0\0\0\0\17\1\0\0\1\0\0\0" },
  examples = { ["\4\0\0\0\0\0\0\0\0\1\0\0"] = {}, ["\24\0\0\0\0\0\0\0\129\0\0\0\30\0\0\0D/M/Y\0\0\0\60\0\0\0\17\0\0\0"] = {} },
  not_this = { "\4\0\0\0\0\0\0\0\0\0\0\0" },
}
