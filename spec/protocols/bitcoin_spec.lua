local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"

local function version(agent, relay)
  local payload = wire.pack("<I4 I4 x4 x8 x26 x26 c8 s1 I4", 70016, 1033, "nonce", agent, 825000) .. relay
  return wire.pack("<c4 c12 I4 c4", "\249\190\180\217", "version", #payload, "sum") .. payload
end

behaves("bitcoin", {
  { "a node", { { 121 }, version("/Satoshi:25.0.0/", "\1") }, fields = {
    protocol_version = 70016, services = 1033, user_agent = "/Satoshi:25.0.0/", start_height = 825000, relay = true,
  } },
  { "a node that does not say whether it relays", { version("/x/", "") },
    fields = { protocol_version = 70016, services = 1033, user_agent = "/x/", start_height = 825000 } },
  hostile = {
    { "a message of 4 GiB", { "\249\190\180\217version\0\0\0\0\0\255\255\255\255sumx" }, fields = {} },
    { "a name that leaves its message", {
      wire.pack("<c4 c12 I4 c4", "\249\190\180\217", "version", 85, "sum") .. ("\0"):rep(80) .. "\200\0\0\0\0",
    }, fields = {} },
    { "another network", { "\11\17\9\7version" .. ("\0"):rep(20) }, fields = {} },
    { "another message", { wire.pack("<c4 c12 I4 c4", "\249\190\180\217", "verack", 90, "sum") }, fields = {} },
  },
})

describe("protocol bitcoin", function()
  it("introduces itself with the checksum of what it says", function()
    local digest = require "sonde.digest"
    local sent = peer.run(peer.load "bitcoin", {}).sent
    local payload = sent:sub(25)
    assert.equal(97, #payload)
    local function bytes(hexadecimal)
      return (hexadecimal:gsub("..", function(two) return string.char(tonumber(two, 16)) end))
    end
    assert.equal(bytes(digest.sha256(bytes(digest.sha256(payload)))):sub(1, 4), sent:sub(21, 24))
  end)
end)
