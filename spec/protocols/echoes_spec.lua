local peer = require "spec.support.peer"
local signature = require "sonde.signature"
local support = require "spec.support.signatures"

-- Every protocol's own first bytes, sent back by an echo server or a proxy that shows them. Of these protocols a server may
-- say the very same, so that only who knows what was sent can tell.
local ALIKE = { amqp1 = true, diameter = true, redis = true, smpp = true }

describe("what protocols send", function()
  local listing = assert(io.popen "ls protocols/*.lua")
  for path in listing:lines() do
    local name = path:match "([%w_]+)%.lua$"
    it(name .. ": is no service when it comes back, whole or cut", function()
      local sent = peer.run(peer.load(name), {}).first_sent
      for _, length in ipairs { #sent, #sent - 1, math.ceil(#sent / 2) } do
        local bytes = sent:sub(1, length)
        local known, unknown = { handshake = name, sent = sent }, { handshake = name }
        for _, hints in ipairs(ALIKE[name] and { known } or { known, unknown, {} }) do
          assert.is_nil(signature.identify(support.set, bytes, hints).service, ("%q"):format(bytes))
        end
      end
    end)
  end
  listing:close()
end)
