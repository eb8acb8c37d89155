local C, ffi = require "spec.support.c" ("error", "address", "ports", "targets", "targets_iterator")

local borrowed = {} -- what targets and iterators borrow lives as long as this file's specs

local function new(port_text, ...)
  local out = ffi.new "struct ports *[1]"
  assert(C.ports_parse(out, port_text, nil) == 0)
  local set = ffi.gc(out[0], C.ports_destroy)
  borrowed[#borrowed + 1] = set
  local targets = ffi.gc(C.targets_create(set, nil, nil), C.targets_destroy)
  for _, text in ipairs { ... } do assert(C.targets_add(targets, text, nil) == 0, text) end
  assert(C.targets_seal(targets, nil) == 0)
  borrowed[#borrowed + 1] = targets
  return targets
end

local function iterate(targets, order)
  local out = ffi.new "struct targets_iterator *[1]"
  local made = ffi.new("struct targets_order", { seed = order.seed or 1, shard = order.shard or 0,
    shards = order.shards or 1, max = order.max or 0 })
  assert(C.targets_iterator_create(out, targets, made, nil) == 0)
  return ffi.gc(out[0], C.targets_iterator_destroy)
end

local function walk(iterator, most)
  local found, out, text = {}, ffi.new "struct endpoint", ffi.new "char[54]"
  while #found < (most or 1e9) and C.targets_iterator_next(iterator, out) do
    found[#found + 1] = ffi.string(C.endpoint_format(out, text))
  end
  return found
end

local function host(text) return text:match "^(.*):%d+$" end

local mixed = { "198.18.0.0/25", "198.18.3.1-198.18.3.77", "2001:db8::/122", "198.18.0.5:22", "198.18.0.5:25",
  "198.18.9.9:1", "198.18.9.9:2", "198.18.9.9:3", "[2001:db8::5]:99", "[2001:db8:1::5]:99" }

describe("targets iterator", function()
  it("visits every target once, whatever the number of shards, and a host in one shard only", function()
    local targets = new("80,443,8000-8004", unpack(mixed))
    local total = tonumber(C.targets_count(targets))
    for _, shards in ipairs { 1, 2, 3, 7, 64, 1000 } do
      local seen, home, count = {}, {}, 0
      for shard = 0, shards - 1 do
        local iterator = iterate(targets, { shard = shard, shards = shards, seed = shard }) -- seeds need not agree
        local found = walk(iterator)
        assert.equal(#found, tonumber(C.targets_iterator_count(iterator)))
        for _, text in ipairs(found) do
          assert.is_nil(seen[text], text)
          assert.equal(shard, home[host(text)] or shard, text)
          seen[text], home[host(text)] = true, shard
          count = count + 1
        end
      end
      assert.equal(total, count)
    end
  end)

  it("repeats with the same seed and differs with another", function()
    local targets = new("80,443", "198.18.0.0/24")
    assert.same(walk(iterate(targets, { seed = 5 })), walk(iterate(targets, { seed = 5 })))
    assert.not_same(walk(iterate(targets, { seed = 5 }), 20), walk(iterate(targets, { seed = 6 }), 20))
  end)

  it("refines a shard without moving a target out of it", function()
    local targets = new("80", unpack(mixed))
    for shard = 0, 2 do
      local coarse, fine = {}, {}
      for _, text in ipairs(walk(iterate(targets, { shard = shard, shards = 3 }))) do coarse[text] = true end
      for worker = 0, 3 do
        local part = iterate(targets, { shard = shard + 3 * worker, shards = 12 })
        for _, text in ipairs(walk(part)) do fine[text] = true end
      end
      assert.same(coarse, fine)
    end
  end)

  it("mixes hosts and ports", function()
    local targets, near = new("1-100", "198.18.0.0/24"), 0
    local found = walk(iterate(targets, { seed = 3 }), 2000)
    for i = 2, #found do
      if host(found[i]) == host(found[i - 1]) then near = near + 1 end
    end
    assert.is_true(near < 30, tostring(near))
  end)

  it("gives shards of equal size that are spread over the addresses", function()
    local targets = new("80", "198.18.0.0/16")
    for shard = 0, 3 do
      local parity = { [0] = 0, 0 }
      local found = walk(iterate(targets, { shard = shard, shards = 4 }))
      assert.equal(16384, #found)
      for _, text in ipairs(found) do
        local last = tonumber(text:match "(%d+):") % 2
        parity[last] = parity[last] + 1
      end
      assert.is_true(math.abs(parity[0] - parity[1]) < 700)
    end
  end)

  it("stops at the maximum, which the shards divide exactly", function()
    local targets = new("80,443,8000-8004", unpack(mixed))
    local total = tonumber(C.targets_count(targets))
    for _, max in ipairs { 1, 2, 10, 100, total - 1, total, total + 1, 1e15 } do
      for _, shards in ipairs { 1, 3, 64 } do
        local count = 0
        for shard = 0, shards - 1 do
          count = count + #walk(iterate(targets, { shard = shard, shards = shards, max = max }))
        end
        assert.equal(math.min(max, total), count)
      end
    end
    local all = walk(iterate(targets, { seed = 4 }))
    assert.same({ unpack(all, 1, 10) }, walk(iterate(targets, { seed = 4, max = 10 })))
  end)

  it("goes on where it was stopped", function()
    local targets = new("80,443", "198.18.0.0/26")
    local whole = walk(iterate(targets, { seed = 8 }))
    local iterator = iterate(targets, { seed = 8 })
    walk(iterator, 50)
    local again = iterate(targets, { seed = 8 })
    C.targets_iterator_seek(again, C.targets_iterator_position(iterator))
    assert.same({ unpack(whole, 51) }, walk(again))
    C.targets_iterator_seek(again, 0xffffffffffffffffULL)
    assert.same({}, walk(again))
  end)

  it("walks the whole Internet without preparing it", function()
    local targets, seen = new("all", "0.0.0.0/0"), {}
    local iterator = iterate(targets, { shard = 7, shards = 1024 })
    assert.equal(4294967296ULL * 65535 / 1024, C.targets_iterator_count(iterator))
    for _, text in ipairs(walk(iterator, 10000)) do
      assert.is_nil(seen[text])
      seen[text] = true
    end
  end)

  it("is empty where there is nothing, and refuses shards that are none", function()
    assert.same({}, walk(iterate(new "80", {})))
    assert.same({}, walk(iterate(new "80", { shard = 2, shards = 3, max = 5 })))
    local targets, out, why = new("80", "198.18.0.1"), ffi.new "struct targets_iterator *[1]", ffi.new "struct error"
    for _, bad in ipairs { { 0, 0 }, { 1, 1 }, { 4, 3 } } do
      local order = ffi.new("struct targets_order", { seed = 1, shard = bad[1], shards = bad[2] })
      assert.equal(C.ERR_INVALID, C.targets_iterator_create(out, targets, order, why))
      assert.matches("no shard", ffi.string(why.text))
    end
  end)
end)
