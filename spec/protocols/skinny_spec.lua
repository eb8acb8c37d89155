local behaves = require "spec.support.behaves"

local asked = "\4\0\0\0\0\0\0\0\0\0\0\0"

behaves("skinny", {
  { "a call manager", { { asked }, "\4\0\0\0\0\0\0\0\0\1\0\0" }, sent = asked, fields = { message = 256 } },
  { "one that wants the phone to start anew", { "\8\0\0\0\0\0\0\0\159\0\0\0\2\0\0\0" }, fields = { message = 0x9F } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a message of 4 GiB", { "\255\255\255\255\0\0\0\0\0\1\0\0" }, fields = {} },
  },
})
