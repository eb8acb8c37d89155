local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local asked = "HELF\58\0\0\0\0\0\0\0\255\255\0\0\255\255\0\0\0\0\0\0\0\0\0\0\26\0\0\0opc.tcp://198.18.0.7:4840/"

behaves("opcua", {
  { "a server", { { asked }, "ACKF\28\0\0\0\0\0\0\0\0\0\1\0\0\128\0\0\0\0\0\1\232\3\0\0" }, sent = asked, fields = {
    protocol_version = 0, receive_buffer = 65536, send_buffer = 32768, max_message = 0x1000000, max_chunks = 1000,
  } },
  { "a server that has no such endpoint", { "ERRF\24\0\0\0\0\0\131\128\8\0\0\0Not here" },
    fields = { error = "0x80830000", reason = "Not here" } },
  { "a server that does not say why", { "ERRF\16\0\0\0\0\0\125\128\255\255\255\255" }, fields = { error = "0x807d0000" } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "an answer of 4 GiB", { "ACKF\255\255\255\255" }, fields = {} },
    { "a reason that leaves its message", { "ERRF\17\0\0\0\0\0\125\128\9\0\0\0x" }, fields = { error = "0x807d0000" } },
    { "an acknowledgment that is too short", { "ACKF\16\0\0\0\0\0\0\0\0\0\1\0" }, fields = {} },
  },
})

describe("protocol opcua", function()
  it("puts an address of IPv6 in brackets", function()
    local sent = peer.run(peer.load "opcua", {}, { host = "2001:db8::7" }).sent
    assert.truthy(sent:find("opc.tcp://[2001:db8::7]:4840/", 1, true))
  end)
end)
