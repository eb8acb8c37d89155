local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local function attribute(code, flags, data)
  return wire.pack(">I4 B I3", code, flags, #data + 8) .. data .. ("\0"):rep(-#data % 4)
end

local function answer(body, flags)
  return function(sent) return wire.pack(">B I3 B I3 x4", 1, #body + 20, flags or 0, 257) .. sent:sub(13, 20) .. body end
end

local known = attribute(268, 64, "\0\0\7\209") .. attribute(264, 64, "hss.example") .. attribute(296, 64, "example") ..
  attribute(266, 64, "\0\0\40\175") .. attribute(269, 0, "freeDiameter") .. attribute(267, 0, "\0\0\39\16") ..
  attribute(999, 192, "\0\0\40\175abcd")

behaves("diameter", {
  { "a server", { { 116 }, answer(known) }, fields = {
    result = 2001, origin_host = "hss.example", origin_realm = "example", vendor_id = 10415, product = "freeDiameter",
    firmware = 10000,
  } },
  { "a server that does not know us", { { 116 }, answer(attribute(268, 64, "\0\0\11\194") ..
    attribute(281, 0, "No peer"), 32) }, fields = { result = 3010, error = "No peer" } },
  hostile = {
    { "our own bytes", { { 116 }, function(sent) return sent end }, fields = {} },
    { "an attribute that leaves its message", { { 116 }, answer "\0\0\1\12\64\0\1\0" }, fields = {} },
    { "an attribute of no size", { { 116 }, answer "\0\0\1\12\64\0\0\0" }, fields = {} },
    { "a message of 16 MiB", { { 116 }, function(sent)
      return "\1\255\255\252\0\0\1\1\0\0\0\0" .. sent:sub(13, 20)
    end }, fields = {} },
  },
})
