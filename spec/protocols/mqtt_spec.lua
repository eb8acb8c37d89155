local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("mqtt", {
  { "an open broker", { { 27 }, "\32\2\0\0" }, fields = { code = 0, session_present = false } },
  { "a broker that wants a login", { { 27 }, "\32\2\0\5" }, fields = { code = 5, session_present = false } },
  { "a broker of MQTT 5 that says more", { { 27 }, "\32\3\0\132\0" },
    fields = { code = 132, session_present = false } },
  hostile = {
    { "a length of many bytes", { "\32\255\255\255\127" }, fields = {} },
    { "no room for the code", { "\32\1\0" }, fields = {} },
    { "flags that are reserved", { "\32\2\7\0" }, fields = {} },
    { "another packet", { "\48\2\0\0" }, fields = {} },
  },
})

describe("protocol mqtt", function()
  it("asks with a clean session, a name made by chance and no credentials, and takes its leave when let in", function()
    local first = peer.run(peer.load "mqtt", { { 27 }, "\32\2\0\0" }, { seed = 1 })
    local other = peer.run(peer.load "mqtt", { { 27 }, "\32\2\0\5" }, { seed = 2 })
    assert.truthy(first.sent:match "^\16\25%z\4MQTT\4\2%z\30%z\13sonde%x%x%x%x%x%x%x%x\224%z$")
    assert.truthy(other.sent:match "^\16\25%z\4MQTT\4\2%z\30%z\13sonde%x%x%x%x%x%x%x%x$")
    assert.is_true(first.first_sent ~= other.first_sent)
  end)
end)
