-- MQTT: CONNACK of versions 3.1, 3.1.1 and 5 (OASIS MQTT 5.0 section 3.2).
local reason = S "\128\129\130\131\132\133\134\135\136\137\138\140\144\149\151\153\154\155\156\157\159"
local property = S "\17\18\19\21\22\26\28\31\33\34\36\37\38\39\40\41\42"
local following = S "\48\49\50\64\80\98\112\144\176\208\224" * R "\0\127"  -- another packet from the server
local three = " \2" * (P "\0" * #R "\0\5" + "\1" * #P "\0") * be_number("code", 1, 0, 5) * set("version", "3") * (eos + following)
local five = " " * all_be(1, 0, 3, 127) * (P "\0" * #(P "\0" + reason) + "\1" * #P "\0") * be_number("code", 1, 0, 159)
  * (all_be(1, 0, 0, 124) + fits_be(1, 0, 0, 124)) * (#property + eos) * set("version", "5")

return {
  protocol = "mqtt", reference = "OASIS MQTT 3.1.1 and 5.0", ports = { 1883, 8883 },
  starts = { " ", "\224", "\208\0", "\240", S "\48\49\50\64\80\98\112\144\176" },
  pattern = Ct(three + five),
  -- a code that no version has, DISCONNECT, PINGRESP and AUTH
  weak = " \2" * S "\0\1" * P(1) * eos + "\224\0" * eos
    + S "\224\240" * all_be(1, 0, 1, 127) * (reason + "\0" + "\24") + "\208\0" * eos
    + S "\48\49\50\64\80\98\112\144\176" * fits_be(1, 0, 2, 127) * "\0",   -- of a session that had begun before
  maybe_examples = { "\144\3\0\1\0", "\48\7\0\3a/bhi", " \2\0\77", "\224\2\130\0", "\208\0" },
  examples = {
    [" \2\0\0"] = { version = "3", code = 0 },
    [" \2\0\0\144\3\0\1\0"] = { version = "3", code = 0 },
    [" \2\0\5"] = { version = "3", code = 5 },
    [" \9\0\0\6\34\0\10\33\0\20"] = { version = "5", code = 0 },
    [" \3\0\132\0"] = { version = "5", code = 132 },
  },
  not_this = { "\16\12\0\4MQTT\4\2\0\60\0\0", " \2\0\9", "  \0\0", " \2\0" },
}
