local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local function reply(magic) return "\0\156\0\1" .. magic .. "\0\2\0\0\1\0\2\6" .. ("\0"):rep(138) end

behaves("pptp_bad_cookie", {
  { "a server that does not mind", { { 156 }, reply "\26\43\60\77" }, fields = { result = 2, error = 6 } },
  { "a server that repeats our mistake", { reply "\26\43\60\78" }, fields = { result = 2, error = 6 } },
  hostile = {
    { "our own bytes", { { 156 }, function(sent) return sent end }, fields = {} },
    { "a third cookie", { reply "\26\43\60\79" }, fields = {} },
  },
})

describe("protocol pptp_bad_cookie", function()
  it("sends what pptp sends, but for the cookie", function()
    local good, bad = peer.run(peer.load "pptp", {}).sent, peer.run(peer.load "pptp_bad_cookie", {}).sent
    assert.equal(good:sub(1, 4) .. "\26\43\60\78" .. good:sub(9), bad)
  end)
end)
