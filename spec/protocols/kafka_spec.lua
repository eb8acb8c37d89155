local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

-- The correlation id is drawn at random: the peer reads it in the request.
local function answer(body)
  return function(sent) return wire.pack(">s4", sent:sub(9, 12) .. body) end
end

behaves("kafka", {
  { "a broker", { { 19 }, answer(wire.pack(">I2 I4 I2 I2 I2 I2 I2 I2", 0, 2, 0, 0, 9, 18, 0, 3)) },
    fields = { error = 0, api_versions = { "0: 0-9", "18: 0-3" } } },
  { "a broker that does not know the question", { { 19 }, answer(wire.pack(">I2 I4", 35, 0)) }, fields = { error = 35 } },
  hostile = {
    { "an answer of 2 GiB", { { 19 }, function(sent) return "\127\255\255\255" .. sent:sub(9, 12) end }, fields = {} },
    { "an answer to another question", { "\0\0\0\10abcd\0\0\0\0\0\0" }, fields = {} },
    { "more entries than there are", { { 19 }, answer(wire.pack(">I2 I4 I2", 0, 200, 1)) }, fields = {} },
    { "2^32 entries", { { 19 }, answer "\0\0\255\255\255\255" }, fields = {} },
  },
})
