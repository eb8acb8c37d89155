local behaves = require "spec.support.behaves"

local asked = "FINS\0\0\0\12\0\0\0\0\0\0\0\0\0\0\0\0"

behaves("fins", {
  { "a controller", { { asked }, "FINS\0\0\0\16\0\0\0\1\0\0\0\0\0\0\0\239\0\0\0\1" }, sent = asked,
    fields = { error = 0, client_node = 239, server_node = 1 } },
  { "a controller that is full", { "FINS\0\0\0\8\0\0\0\3\0\0\0\32" }, fields = { error = 32 } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "an answer of 4 GiB", { "FINS\255\255\255\255\0\0\0\1\0\0\0\0" }, fields = {} },
    { "an answer of another length", { "FINS\0\0\0\8\0\0\0\1\0\0\0\0" }, fields = { error = 0 } },
  },
})
