-- A small share of `make fuzz`: wrong answers to every handshake and signature, wrong bytes for what the C core reads.
local signature = require "sonde.signature"

require "spec.support.peer"   -- supplies what protocols may require, where there is no program around them
local driver = require "spec.fuzz.driver"
local generator = require "spec.fuzz.random"
local parts = require "spec.fuzz.parts"

local SEED = 20240229
-- 10^5 answers for handshakes and signatures together; `make fuzz` has a million of each part.
local COUNTS = { handshakes = 50000, signatures = 30000, noise = 20000, engine = 20000 }

describe("fuzz", function()
  for _, name in ipairs { "handshakes", "signatures", "noise", "engine" } do
    it(("finds nothing in %d cases of %s"):format(COUNTS[name], name), function()
      local result = parts[name] { seed = SEED, from = 1, count = COUNTS[name] }
      assert.same({}, result.failures)
      assert.equal(COUNTS[name], result.count)
    end)
  end
end)

describe("fuzz driver", function()
  local function run(case, count) return driver.run("driver", case, { seed = 1, from = 1, count = count or 1 }) end

  local function only_failure(result)
    assert.equal(1, #result.failures)
    return result.failures[1]
  end

  local function kept(failure)
    local path = failure:match "its bytes: (%S+)"
    local file = assert(io.open(path, "rb"))
    local bytes = file:read "*a"
    file:close()
    os.remove(path)
    return bytes
  end

  it("says which case failed, and keeps its bytes", function()
    local failure = only_failure(run(function(_, index, note)
      note("a kind", "bytes of " .. index)
      if index == 7 then error("no", 0) end
    end, 10))
    assert.truthy(failure:find("driver, case 7 (a kind): no", 1, true))
    assert.truthy(failure:find("make fuzz PART=driver SEED=1 FROM=7 COUNT=1", 1, true))
    assert.equal("bytes of 7", kept(failure))
  end)

  it("sees a case that eats time or memory", function()
    local slow = only_failure(run(function() local stop = os.clock() + 1.1 repeat until os.clock() > stop end))
    assert.truthy(slow:find "took 1%.%d s")
    kept(slow)
    local large = only_failure(run(function() return ("x"):rep(70 * 1024 * 1024) end))
    assert.truthy(large:find "allocated %d+ KiB")
    kept(large)
  end)

  it("gives up on a part in which everything fails", function()
    local result = run(function() error("no", 0) end, 1000)
    assert.equal(10, result.count)
    for _, failure in ipairs(result.failures) do kept(failure) end
  end)

  it("draws the same for the same seed and case, and something else for any other", function()
    local seen = {}
    for seed = 1, 20 do
      for index = 1, 20 do
        local first, second = generator(seed, index), generator(seed, index)
        local drawn = {}
        for at = 1, 8 do
          drawn[at] = first(256)
          assert.equal(drawn[at], second(256))
        end
        drawn = table.concat(drawn, " ")
        assert.is_nil(seen[drawn])
        seen[drawn] = true
      end
    end
  end)

  it("sees a signature that matches bytes without any form", function()
    local compiled = assert(signature.compile { { name = "loose.lua", text = [[return {
      protocol = "loose", pattern = P(1) * P(1), examples = {}, reference = "none" }]] } })
    local _, run_case, found = require "spec.fuzz.signatures" (compiled)
    driver.run("driver", function(...) pcall(run_case, ...) end, { seed = 1, from = 1, count = 100 })
    assert.is_true(found.loose > 90)
  end)
end)
