local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

-- The transaction's number is drawn at random: the peer repeats it.
local function answer(body)
  return function(sent) return sent:sub(1, 2) .. wire.pack(">I2 s2", 0, body) end
end

-- The example of the specification, section 6.21: three objects.
local example = "\255\43\14\1\1\0\0\3\0\22Company identification\1\29Product code xxxxxxxxxxxxxxxx\2\5V2.11"

behaves("modbus", {
  { "the device of the specification's example", { { 11 }, answer(example) }, fields = {
    unit = 255, vendor = "Company identification", product_code = "Product code xxxxxxxxxxxxxxxx", revision = "V2.11",
    conformity = 1,
  } },
  { "a device without identification", { { 11 }, answer "\255\171\1" }, fields = { unit = 255, exception = 1 } },
  hostile = {
    { "our own bytes", { { 11 }, function(sent) return sent end } },
    { "an answer of 64 kB", { { 11 }, function(sent) return sent:sub(1, 2) .. "\0\0\255\255" end }, fields = {} },
    { "an answer to another request", { "xy\0\0\0\3\1\171\1" }, fields = {} },
    { "a text that leaves its answer", { { 11 }, answer "\255\43\14\1\1\0\0\1\0\200ab" },
      fields = { unit = 255, conformity = 1 } },
    { "more objects than there are", { { 11 }, answer "\255\43\14\1\1\0\0\9\0\1a" },
      fields = { unit = 255, conformity = 1, vendor = "a" } },
    { "the answer to a read", { { 11 }, answer "\255\3\2\0\7" }, fields = {} },
  },
})

describe("protocol modbus", function()
  it("asks for the identification of the device itself, and for nothing else", function()
    local peer = require "spec.support.peer"
    assert.equal("\0\0\0\5\255\43\14\1\0", peer.run(peer.load "modbus", {}).sent:sub(3))
  end)
end)
