local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("wait", {
  { "a server that speaks first", { "220 ready\r\n" }, fields = {}, sent = "" },
  wrong = "done",
})

describe("protocol wait", function()
  it("leaves what came in place", function()
    assert.equal("220 ready\r\n", peer.run(peer.load "wait", { "220 ready\r\n" }).left)
  end)
end)
