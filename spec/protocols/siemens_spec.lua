local behaves = require "spec.support.behaves"

local connect = "\3\0\0\22\17\224\0\0\0\1\0\192\1\10\193\2\1\0\194\2\1\2"
local setup = "\3\0\0\25\2\240\128\50\1\0\0\0\1\0\8\0\0\240\0\0\1\0\1\1\224"
local confirm = "\3\0\0\22\17\208\0\1\0\6\0\192\1\10\193\2\1\0\194\2\1\2"

behaves("siemens", {
  { "a controller", { { connect }, confirm, { setup }, "\3\0\0\27\2\240\128\50\3\0\0\0\1\0\8\0\0\0\0\240\0\0\1\0\1\0\240" },
    sent = connect .. setup, fields = { connected = true, calling = 1, called = 1, pdu_size = 240 } },
  { "a controller that wants nobody in this slot", { "\3\0\0\11\6\128\0\1\0\0\2" }, sent = connect,
    fields = { connected = false, disconnect = 2 } },
  { "a controller that does not agree", { confirm, { 47 }, "\3\0\0\19\2\240\128\50\2\0\0\0\1\0\0\0\0\129\4" },
    fields = { connected = true, error_class = 129, error_code = 4 } },
  hostile = {
    { "our own bytes", { connect }, fields = {} },
    { "a packet of 64 kB", { "\3\0\255\255" }, fields = {} },
    { "an answer that is too short", { confirm .. "\3\0\0\9\2\240\128\50\3" }, fields = { connected = true } },
    { "another answer", { confirm .. "\3\0\0\27\2\240\128\50\3\0\0\0\1\0\8\0\0\0\0\4\0\0\1\0\1\0\240" },
      fields = { connected = true } },
    { "a second confirmation", { confirm .. confirm }, fields = { connected = true } },
  },
})
