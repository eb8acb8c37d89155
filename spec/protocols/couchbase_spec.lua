local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local HEADER = ">B B I2 B B I2 I4 c4 c8"

-- The opaque value is drawn at random: the peer repeats that of the request at `at`.
local function answer(command, status, value, at)
  return function(sent)
    return wire.pack(HEADER, 0x81, command, 0, 0, 0, status, #value, sent:sub(at + 12, at + 15), "") .. value
  end
end

behaves("couchbase", {
  { "a server", { { 24 }, answer(31, 0, "", 1), { 24 }, answer(11, 0, "7.2.3-6705-enterprise", 25) },
    fields = { status = 0, version_status = 0, version = "7.2.3-6705-enterprise" } },
  { "memcached", { { 24 }, answer(31, 0x81, "Unknown command", 1), { 24 }, answer(11, 0, "1.6.18", 25) },
    fields = { status = 0x81, version_status = 0, version = "1.6.18" } },
  { "a server that wants a login for its version", { { 24 }, answer(31, 0, "\0\10", 1), { 24 }, answer(11, 0x24, "", 25) },
    fields = { status = 0, version_status = 0x24 } },
  hostile = {
    { "a body of 4 GiB", { { 24 }, function(sent)
      return wire.pack(HEADER, 0x81, 31, 0, 0, 0, 0, 2 ^ 32 - 1, sent:sub(13, 16), "")
    end }, fields = {} },
    { "a key longer than the body", { { 24 }, function(sent)
      return wire.pack(HEADER, 0x81, 31, 9, 0, 0, 0, 2, sent:sub(13, 16), "") .. "ab"
    end }, fields = {} },
    { "our own bytes", { { 24 }, function(sent) return sent end }, fields = {} },
  },
})
