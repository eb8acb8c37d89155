local peer = require "spec.support.peer"
local protocol = require "sonde.protocol"

local function valid(changes)
  local given = {
    name = "example", first = "client", fields = { banner = "first line" }, handshake = function() end,
    ports = { 7, 8 }, timeout = 3,
  }
  for key, value in pairs(changes or {}) do given[key] = value end
  return given
end

local function problem(changes)
  local checked, sentence = protocol.check("protocols/example.lua", valid(changes))
  assert.is_nil(checked)
  return sentence
end

describe("protocol.check", function()
  it("takes a whole protocol as it is", function()
    local given = valid()
    assert.same(given, protocol.check("protocols/example.lua", given))
  end)

  it("fills in ports and timeout", function()
    local given = valid()
    given.ports, given.timeout = nil, nil
    local checked = protocol.check("protocols/example.lua", given)
    assert.same({ {}, 5 }, { checked.ports, checked.timeout })
    assert.is_nil(given.ports)
  end)

  it("names file and key of what is wrong", function()
    assert.equal('protocols/example.lua: unknown key "port"', problem { port = 7 })
    assert.equal('protocols/example.lua: first must be "server" or "client"', problem { first = "both" })
    assert.equal("protocols/example.lua: handshake must be a function", problem { handshake = "x" })
    assert.equal("protocols/example.lua: name must be made of a-z, 0-9 and _", problem { name = "Ex ample" })
    assert.equal("protocols/example.lua: must return a table", select(2, protocol.check("protocols/example.lua", 5)))
  end)

  it("refuses what cannot be", function()
    for _, changes in ipairs {
      { timeout = 0 }, { timeout = -1 }, { timeout = 0 / 0 }, { timeout = 1e9 }, { timeout = "5" },
      { ports = 80 }, { ports = { 0 } }, { ports = { 65536 } }, { ports = { 1.5 } }, { ports = { 80, 80 } },
      { ports = { http = 80 } }, { ports = { "80" } },
      { fields = "x" }, { fields = { Banner = "x" } }, { fields = { banner = "" } }, { fields = { banner = "a\nb" } },
      { fields = { "x" } }, { fields = { banner = true } }, { name = 5 }, { [1] = "x" },
    } do
      assert.truthy(problem(changes):match "^protocols/example.lua: ")
    end
  end)

  it("misses every key that is required", function()
    for _, key in ipairs { "name", "first", "fields", "handshake" } do
      local given = valid()
      given[key] = nil
      local _, sentence = protocol.check("protocols/example.lua", given)
      assert.equal("protocols/example.lua: " .. key .. " is missing", sentence)
    end
  end)

  it("misses the protocols that others name", function()
    local known = { other = true }
    assert.is_nil(protocol.missing(valid { also = "other", secure = "other" }, known))
    assert.equal("also names 'nobody', which is no protocol", protocol.missing(valid { also = "nobody" }, known))
    assert.equal("secure names 'nobody', which is no protocol", protocol.missing(valid { secure = "nobody" }, known))
  end)

  it("reads a field's type out of its description", function()
    assert.equal("string", protocol.type "first line (of many)")
    assert.equal("number", protocol.type "status code (number)")
    assert.equal("list of strings", protocol.type "capabilities (list of strings)")
  end)
end)

describe("protocols", function()
  local names, listing = {}, assert(io.popen "ls protocols/*.lua")
  for path in listing:lines() do names[#names + 1] = path:match "([%w_]+)%.lua$" end
  listing:close()

  it("are named after their files and begin with a sentence", function()
    for _, name in ipairs(names) do
      assert.equal(name, peer.load(name).name)
      local line = io.lines("protocols/" .. name .. ".lua")()
      assert.truthy(line:match "^%-%- [%u%l].*%.$" and #line <= 130, name .. ": " .. line)
    end
  end)

  it("share no port, so that each port expects one of them", function()
    local owner = {}
    for _, name in ipairs(names) do
      for _, port in ipairs(peer.load(name).ports) do
        assert.is_nil(owner[port], name)
        owner[port] = name
      end
    end
    assert.same({ "ssh", "http", "tls" }, { owner[22], owner[80], owner[443] })
  end)
end)
