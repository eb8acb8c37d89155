local C, ffi = require "spec.support.c" ("address", "ledger")

local SECOND = 1e9
local PATIENCE = 3 * SECOND
local KEPT = 5 * SECOND   -- with the margin

local LIVES = 9

local function new() return ffi.gc(C.ledger_create(1, PATIENCE, LIVES, 0), C.ledger_destroy) end

local function endpoint(i, port)
  local out = ffi.new "struct endpoint"
  out.address = C.address_v4(0xc6120000 + i)
  out.port = port or 80
  return out
end

local function open_ports(ledger)
  local at, out, found = ffi.new "size_t[1]", ffi.new "struct endpoint", {}
  while C.ledger_next_open(ledger, at, out) do found[C.address_v4_value(out.address) - 0xc6120000 .. ":" .. out.port] = true end
  return found
end

describe("a ledger", function()
  it("knows the targets that have answered and have no record", function()
    local ledger = new()
    for i = 1, 5 do C.ledger_open(ledger, endpoint(i)) end
    C.ledger_open(ledger, endpoint(5)) -- twice is once
    assert.is_true(C.ledger_record(ledger, endpoint(2), 0))
    assert.is_true(C.ledger_record(ledger, endpoint(4), 0))
    assert.same({ ["1:80"] = true, ["3:80"] = true, ["5:80"] = true }, open_ports(ledger))
    assert.equal(3, tonumber(C.ledger_open_count(ledger)))
    assert.is_false(C.ledger_is_open(ledger, endpoint(2)))
    assert.is_true(C.ledger_is_open(ledger, endpoint(3)))
    assert.is_false(C.ledger_is_open(ledger, endpoint(3, 81)))
  end)

  it("takes a record of a target once, whether it was told of its opening or not", function()
    local ledger = new()
    assert.is_true(C.ledger_record(ledger, endpoint(1), 0))
    assert.is_false(C.ledger_record(ledger, endpoint(1), SECOND))
    assert.is_true(C.ledger_record(ledger, endpoint(1, 81), SECOND))
    assert.is_true(C.ledger_is_recorded(ledger, endpoint(1), SECOND))
    assert.is_false(C.ledger_is_recorded(ledger, endpoint(2), SECOND))
  end)

  it("has one record made of a target that cost a worker, however long the next one lasts", function()
    local ledger = new()
    local function killed()
      local at, out, list = ffi.new "size_t[1]", ffi.new "struct endpoint", {}
      while C.ledger_next_killed(ledger, at, out) do list[#list + 1] = C.address_v4_value(out.address) - 0xc6120000 end
      return list
    end
    C.ledger_open(ledger, endpoint(1))
    C.ledger_kill(ledger, endpoint(1))
    C.ledger_kill(ledger, endpoint(2))
    assert.same({ 1, 2 }, killed())
    assert.is_true(C.ledger_record(ledger, endpoint(1), SECOND))
    assert.same({ 2 }, killed())
    assert.is_true(C.ledger_is_killed(ledger, endpoint(1)))
    assert.is_false(C.ledger_is_killed(ledger, endpoint(3)))
    local later = 100 * KEPT -- the record is no longer among those remembered
    assert.is_false(C.ledger_is_recorded(ledger, endpoint(1), later))
    C.ledger_kill(ledger, endpoint(4))
    C.ledger_restart(ledger, later)
    assert.same({ 2, 4 }, killed())
    for i = 5, 99 do C.ledger_kill(ledger, endpoint(i)) end
    assert.is_true(C.ledger_is_killed(ledger, endpoint(5)))
  end)

  it("knows a record for as long as workers that die young go back to before it", function()
    local ledger, now = new(), 0
    local young = KEPT - 40e6
    assert.is_true(C.ledger_record(ledger, endpoint(1), now))
    for life = 1, LIVES do
      assert.equal(0, tonumber(C.ledger_safe(ledger)))
      assert.is_true(C.ledger_is_recorded(ledger, endpoint(1), now), "life " .. life)
      for heard = now, now + young, 20e6 do C.ledger_position(ledger, (heard - now) / 1e6, heard) end
      now = now + young
      if life < LIVES then C.ledger_restart(ledger, now) end
    end
    assert.is_false(C.ledger_record(ledger, endpoint(1), now), "a second record")
  end)

  it("loses none of many that come and go", function()
    local ledger, model, state = new(), {}, 1
    local count = 0
    for _ = 1, 60000 do
      state = (state * 1103515245 + 12345) % 2147483648
      local i = math.floor(state / 65536) % 5000
      if model[i] then
        C.ledger_record(ledger, endpoint(i), 0)
        model[i], count = nil, count - 1
      else
        C.ledger_open(ledger, endpoint(i))
        model[i], count = true, count + 1
      end
      assert(tonumber(C.ledger_open_count(ledger)) == count)
    end
    local found, seen = open_ports(ledger), 0
    for i in pairs(model) do assert.is_true(found[i .. ":80"]) end
    for _ in pairs(found) do seen = seen + 1 end
    assert.equal(count, seen)
  end)

  it("goes on where the targets begin that may still have been waited for", function()
    local ledger = new()
    assert.equal(0, tonumber(C.ledger_safe(ledger)))
    for now = 0, 20 * SECOND, 20e6 do C.ledger_position(ledger, now / 1e6, now) end -- 1000 a second
    assert.equal(20000, tonumber(C.ledger_reached(ledger)))
    local safe = tonumber(C.ledger_safe(ledger))
    assert.is_true(safe <= (20 * SECOND - KEPT) / 1e6 and safe > (20 * SECOND - KEPT) / 1e6 - 200, tostring(safe))
  end)

  it("goes on from the beginning while the worker is young", function()
    local ledger = new()
    for now = 0, KEPT - 40e6, 20e6 do C.ledger_position(ledger, now / 1e6, now) end
    assert.equal(0, tonumber(C.ledger_safe(ledger)))
  end)

  it("counts no time in which nothing was heard of the worker", function()
    local ledger = new()
    C.ledger_position(ledger, 1000, SECOND)
    C.ledger_position(ledger, 2000, 2 * SECOND)
    assert.equal(0, tonumber(C.ledger_safe(ledger))) -- however much later it ends
    C.ledger_position(ledger, 2000, 3600 * SECOND)
    assert.equal(2000, tonumber(C.ledger_safe(ledger)))
  end)

  it("goes back no further than the worker before, when one ends soon after it began", function()
    local ledger = new()
    for now = 0, 20 * SECOND, 20e6 do C.ledger_position(ledger, now / 1e6, now) end
    local safe = C.ledger_safe(ledger)
    C.ledger_restart(ledger, 21 * SECOND)
    C.ledger_position(ledger, safe + 10, 21 * SECOND)
    assert.equal(tonumber(safe), tonumber(C.ledger_safe(ledger)))
    assert.equal(20000, tonumber(C.ledger_reached(ledger))) -- further than this one is
    for now = 21 * SECOND, 40 * SECOND, 20e6 do C.ledger_position(ledger, safe + now / 1e6, now) end
    assert.is_true(C.ledger_safe(ledger) > safe + 33000)
  end)
end)
