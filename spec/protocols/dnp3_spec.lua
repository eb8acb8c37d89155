local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("dnp3", {
  { "an outstation", { { 80 }, "\5\100\5\11\1\0\4\0\214\174" }, fields = { address = 4, master = 1, ["function"] = 11 } },
  hostile = {
    { "our own bytes", { { 80 }, function(sent) return sent end }, fields = {} },
    { "a frame with a wrong checksum", { "\5\100\5\11\1\0\4\0\0\0" }, fields = {} },
  },
})

describe("protocol dnp3", function()
  it("asks each address in a frame of its own, with the checksum of the standard", function()
    local sent = peer.run(peer.load "dnp3", {}).sent
    assert.equal(80, #sent)
    assert.equal("\5\100\5\201\1\0\0\4\166\87", sent:sub(11, 20))   -- of another station than that one
    assert.equal("\5\100\5\201\2\0\1\0", sent:sub(21, 28))
    for at = 1, 80, 10 do assert.equal("\5\100\5\201", sent:sub(at, at + 3)) end
  end)
end)
