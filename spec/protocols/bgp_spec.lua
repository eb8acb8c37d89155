local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local marker = ("\255"):rep(16)
local function message(kind, body) return marker .. wire.pack(">I2 B", #body + 19, kind) .. body end

local asked = marker .. "\0\29\1\4\251\240\0\90\192\0\2\1\0"
local leave = marker .. "\0\21\3\6\3"
local capabilities = "\2\6\1\4\0\1\0\1" .. "\2\8\2\0\65\4\0\1\0\9"

behaves("bgp", {
  { "a router that speaks with anyone", {
    { asked }, message(1, wire.pack(">B I2 I2 c4 s1", 4, 23456, 180, "\198\18\0\9", capabilities)), { leave },
  }, sent = asked .. leave, fields = {
    as_number = 65545, hold_time = 180, router_id = "198.18.0.9", capabilities = { 1, 2, 65 },
  } },
  { "a router without capabilities", { message(1, wire.pack(">B I2 I2 c4 s1", 4, 64500, 0, "\1\2\3\4", "")) },
    fields = { as_number = 64500, hold_time = 0, router_id = "1.2.3.4" } },
  { "a router that refuses", { { asked }, message(3, "\6\5") }, sent = asked, fields = { error = 6, error_subcode = 5 } },
  hostile = {
    { "a message of 64 kB", { marker .. "\255\255\1" }, fields = {} },
    { "a message shorter than its head", { marker .. "\0\18\1" }, fields = {} },
    { "a NOTIFICATION of nothing", { message(3, "") }, fields = {} },
    { "capabilities that leave their place", { message(1, wire.pack(">B I2 I2 c4 s1", 4, 1, 0, "abcd", "\2\9\1")) },
      fields = {} },
    { "another version", { message(1, wire.pack(">B I2 I2 c4 s1", 3, 1, 0, "abcd", "")) }, fields = {} },
    { "a KEEPALIVE first", { message(4, "") }, fields = {} },
  },
})
