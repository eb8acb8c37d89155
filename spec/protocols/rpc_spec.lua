local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"

local function answer(...)
  local body = wire.pack(...)
  return function(sent) return wire.pack(">I4 c4", 2 ^ 31 + #body + 4, sent:sub(5, 8)) .. body end
end

behaves("rpc", {
  { "portmap", { { 44 }, answer(">I4 I4 I4 s4 I4", 1, 0, 0, "", 0) },
    fields = { program = 100000, accepted = true, status = 0 } },
  { "one of other versions", { { 44 }, answer(">I4 I4 I4 s4 I4 I4 I4", 1, 0, 0, "", 2, 3, 4) },
    fields = { program = 100000, accepted = true, status = 2, lowest = 3, highest = 4 } },
  { "one that wants authentication", { { 44 }, answer(">I4 I4 I4 I4", 1, 1, 1, 2) },
    fields = { program = 100000, accepted = false, reason = 1, authentication = 2 } },
  { "one of another version of RPC", { { 44 }, answer(">I4 I4 I4 I4 I4", 1, 1, 0, 3, 4) },
    fields = { program = 100000, accepted = false, reason = 0, lowest = 3, highest = 4 } },
  { "one with a verifier that is filled up", { { 44 }, answer(">I4 I4 I4 s4 x3 I4", 1, 0, 2, "short", 0) },
    fields = { program = 100000, accepted = true, status = 0 } },
  hostile = {
    { "our own bytes", { { 44 }, function(sent) return sent end }, fields = {} },
    { "a fragment of 2 GiB", { { 44 }, function(sent) return "\255\255\255\255" .. sent:sub(5, 8) end }, fields = {} },
    { "a fragment that is not the last", { { 44 }, function(sent) return "\0\0\0\24" .. sent:sub(5, 8) end }, fields = {} },
    { "a verifier that leaves the reply", { { 44 }, answer(">I4 I4 I4 I4", 1, 0, 0, 400) },
      fields = { program = 100000, accepted = true } },
  },
})

describe("protocol rpc", function()
  it("calls NFS on its port", function()
    local sent = peer.run(peer.load "rpc", {}, { port = 2049 }).sent
    assert.same({ 2 ^ 31 + 40, 0, 2, 100003, 3, 0, 45 }, { wire.unpack(">I4 x4 I4 I4 I4 I4 I4 x16", sent) })
  end)
end)
