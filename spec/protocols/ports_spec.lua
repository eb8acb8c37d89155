local peer = require "spec.support.peer"

describe("the ports of all protocols", function()
  it("belong to one protocol each", function()
    local owner, listing = {}, assert(io.popen "ls protocols/*.lua")
    for path in listing:lines() do
      local name = path:match "([%w_]+)%.lua$"
      for _, port in ipairs(peer.load(name).ports) do
        assert.is_nil(owner[port], ("port %d: %s and %s"):format(port, name, tostring(owner[port])))
        owner[port] = name
      end
    end
    listing:close()
    assert.equal("ssh", owner[22])
  end)
end)
