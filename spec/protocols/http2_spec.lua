local behaves = require "spec.support.behaves"

local asked = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
local leave = "\0\0\0\4\1\0\0\0\0" .. "\0\0\8\7\0\0\0\0\0\0\0\0\0\0\0\0\0"

behaves("http2", {
  { "a server", { { asked }, "\0\0\18\4\0\0\0\0\0\0\3\0\0\0\100\0\4\0\1\0\0\0\5\0\0\64\0\0\0\4\8\0\0\0\0\0\0\0\0\1", { 26 } },
    sent = asked .. leave,
    fields = { settings = { 3, 4, 5 }, max_concurrent_streams = 100, initial_window_size = 65536, max_frame_size = 16384 } },
  { "a server that keeps to the defaults", { "\0\0\0\4\0\0\0\0\0" }, fields = {} },
  { "a server that has had enough", { "\0\0\13\7\0\0\0\0\0\0\0\0\0\0\0\0\11calm." }, sent = asked,
    fields = { error = 11, debug = "calm." } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a frame of 16 MiB", { "\255\255\255\4\0\0\0\0\0" }, fields = {} },
    { "settings of half a setting", { "\0\0\3\4\0\0\0\0\0abc" }, fields = {} },
    { "an acknowledgment first", { "\0\0\0\4\1\0\0\0\0" }, fields = {} },
    { "a GOAWAY that is too short", { "\0\0\2\7\0\0\0\0\0ab" }, fields = {} },
  },
})
