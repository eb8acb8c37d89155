local C, ffi = require "spec.support.c" ("error", "address", "pending")

local function endpoint(n)
  return ffi.new("struct endpoint", { address = C.address_v4(0xc6120000 + n), port = n % 65535 + 1 })
end

local function number(remote) return C.address_v4_value(remote.address) - 0xc6120000 end

local function new(delays, cap)
  return ffi.gc(C.pending_create(ffi.new("uint64_t[?]", #delays, delays), #delays, cap or 1e6), C.pending_destroy)
end

local remote, attempt = ffi.new "struct endpoint", ffi.new "unsigned[1]"

local function pop(pending, now)
  if C.pending_pop_due(pending, now, remote, attempt) == 0 then return nil end
  return number(remote), attempt[0]
end

describe("pending", function()
  it("gives probes back when their delay is over, not before", function()
    local pending = new { 1000000, 2000000 }
    C.pending_add(pending, endpoint(5), 0, 100)
    assert.equal(1000100ULL, C.pending_next(pending))
    assert.is_nil(pop(pending, 1000099))
    assert.same({ 5, 0 }, { pop(pending, 1000100) })
    assert.is_nil(pop(pending, 1e12))
    assert.equal(0xffffffffffffffffULL, C.pending_next(pending))
  end)

  it("orders probes of different tries by when they are due", function()
    local pending = new { 1e6, 3e6, 10e6 }
    C.pending_add(pending, endpoint(1), 2, 0)
    C.pending_add(pending, endpoint(2), 1, 0)
    C.pending_add(pending, endpoint(3), 0, 1500000)
    local found = {}
    while true do
      local n, try = pop(pending, 20e6)
      if not n then break end
      found[#found + 1] = n .. "/" .. try
    end
    assert.same({ "3/0", "2/1", "1/2" }, found)
  end)

  it("holds no more than its cap, and takes more when there is room again", function()
    local pending = new({ 1000 }, 3)
    for n = 1, 3 do assert.equal(0, C.pending_add(pending, endpoint(n), 0, 0)) end
    assert.equal(C.ERR_FULL, C.pending_add(pending, endpoint(4), 0, 0))
    assert.equal(1, (pop(pending, 1000)))
    assert.equal(0, C.pending_add(pending, endpoint(4), 0, 0))
    assert.equal(3, C.pending_count(pending))
  end)

  it("refuses tries it was not made for", function()
    assert.equal(C.ERR_INVALID, C.pending_add(new { 1, 2 }, endpoint(1), 2, 0))
    assert.is_true(C.pending_create(ffi.new "uint64_t[17]", 17, 1) == nil)
    assert.is_true(C.pending_create(ffi.new "uint64_t[17]", 0, 1) == nil)
  end)

  it("keeps order and times over pauses, steps back and the end of the clock", function()
    local pending, last = new { 0 }, 0xffffffffffffffffULL
    C.pending_add(pending, endpoint(1), 0, 5000)
    C.pending_add(pending, endpoint(2), 0, 10)
    C.pending_add(pending, endpoint(3), 0, 90 * 86400e9)
    C.pending_add(pending, endpoint(4), 0, last - 2000)
    assert.is_nil(pop(pending, 4999))
    assert.same({ 1, 2 }, { (pop(pending, 5000)), (pop(pending, 5000)) })
    assert.is_nil(pop(pending, 5000))
    assert.equal(3, (pop(pending, 90 * 86400e9)))
    assert.is_nil(pop(pending, last - 2001))
    assert.equal(4, (pop(pending, last - 2000)))
  end)

  it("agrees with a sorted list over many chunks", function()
    math.randomseed(23)
    local delays = { 1e6, 2e6, 4e6 }
    local pending, model, now, count = new(delays), {}, 0, 0
    for n = 1, 30000 do
      now = now + math.random(0, 2000)
      local try = math.random(0, 2)
      assert.equal(0, C.pending_add(pending, endpoint(n), try, now))
      model[n] = { now + delays[try + 1], try }
      count = count + 1
      while math.random() < 0.55 do
        local found, tried = pop(pending, now)
        if not found then break end
        assert.is_true(model[found][1] <= now)
        assert.equal(model[found][2], tried)
        model[found] = nil
        count = count - 1
      end
      assert.equal(count, C.pending_count(pending))
    end
    local before = 0
    while true do
      local found = pop(pending, now + 5e6)
      if not found then break end
      assert.is_true(model[found][1] >= before - 1000)
      before = model[found][1]
      model[found] = nil
    end
    assert.is_nil(next(model))
  end)
end)
