local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

behaves("memcached", {
  { "a server", { { "version\r\n" }, "VERSION 1.6.18\r\n", { "quit\r\n" } }, sent = "version\r\nquit\r\n",
    fields = { version = "1.6.18" } },
  { "a server that does not know the command", { "ERROR\r\n" }, fields = { error = "ERROR" } },
  { "a server in trouble", { "SERVER_ERROR out of memory\r\n" }, fields = { error = "SERVER_ERROR out of memory" } },
  hostile = {
    { "a line that never ends", { "VERSION " .. ("1"):rep(5000) }, outcome = "overflow", fields = {} },
    { "a version that is missing", { "VERSION\r\n" }, fields = {} },
  },
})

local HEADER = ">B B I2 B B I2 I4 c4 c8"

-- An answer to the request that was sent: its opaque is echoed.
local function answer(status, key, extras, length, body, opcode)
  return function(sent)
    return wire.pack(HEADER, 0x81, opcode or 11, key, extras, 0, status, length, sent:sub(13, 16), "") .. body
  end
end

behaves("memcached_binary", {
  { "a server", { { 24 }, answer(0, 0, 0, 6, "1.6.18") }, fields = { status = 0, version = "1.6.18" } },
  { "a server that refuses", { { 24 }, answer(0x81, 0, 0, 15, "Unknown command") },
    fields = { status = 0x81, error = "Unknown command" } },
  { "a version after a key and extras", { { 24 }, answer(0, 2, 4, 9, "xxxxkk1.4") },
    fields = { status = 0, version = "1.4" } },
  hostile = {
    { "a body of 4 GiB", { { 24 }, answer(0, 0, 0, 0xFFFFFFFF, "x") }, fields = {} },
    { "more key than body", { { 24 }, answer(0, 5, 0, 4, "abcd") }, fields = {} },
    { "an answer to another question", { { 24 }, answer(0, 0, 0, 3, "1.6", 10) }, fields = {} },
    { "an echo of another request", { { 24 }, ("\129\11" .. ("\0"):rep(22)) }, fields = {} },
  },
})
