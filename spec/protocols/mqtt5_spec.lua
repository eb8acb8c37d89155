local behaves = require "spec.support.behaves"

local asked = "\16\13\0\4MQTT\5\2\0\30\0\0\0"

behaves("mqtt5", {
  { "a broker that lets anyone in", { { asked }, "\32\17\0\0\14\34\0\10\33\0\20\18\0\3abc\37\0", { 2 } },
    sent = asked .. "\224\0", fields = {
      session_present = false, code = 0, topic_alias_maximum = 10, receive_maximum = 20, client_id = "abc", retain = false,
    } },
  { "one that wants a name, and says why", { "\32\15\0\135\12\31\0\9not today" }, sent = asked,
    fields = { session_present = false, code = 135, reason = "not today" } },
  { "one of version 3", { "\32\2\0\1" }, fields = { session_present = false, code = 1 } },
  { "all that may be said", {
    "\32\49\0\0\46\17\0\0\0\9\19\0\60\21\0\1m\22\0\1d\26\0\1i\28\0\1s\36\1\37\1\38\0\1k\0\1v\39\0\1\0\0\40\1\41\1\42\0",
  }, fields = {
    session_present = false, code = 0, keep_alive = 60, server_reference = "s", maximum_qos = 1, retain = true,
  } },
  hostile = {
    { "a length of five bytes", { "\32\255\255\255\255\1" }, fields = {} },
    { "an answer of 256 MiB", { "\32\255\255\255\127" }, fields = {} },
    { "properties that leave their packet", { "\32\3\0\0\9" }, fields = { session_present = false, code = 0 } },
    { "a text that leaves its property", { "\32\6\0\0\3\18\0\9" }, fields = { session_present = false, code = 0 } },
    { "a property that is none", { "\32\5\0\0\2\1\1" }, fields = { session_present = false, code = 0 } },
    { "another packet", { "\48\2\0\0" }, fields = {} },
  },
})
