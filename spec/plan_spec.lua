-- The plan of a scan, and how it is divided among workers.
local ffi = require "ffi"
pcall(ffi.cdef, "typedef struct lua_State lua_State;") -- named by headers; other specs may have declared it
local C = require "spec.support.c" ("address", "counters", "error", "plan")

local why = ffi.new "struct error"
local kept = {}   -- what plans borrow

-- Ends with NULL.
local function list_of(texts)
  local list = ffi.new("const char *[?]", #texts + 1)
  for i, text in ipairs(texts) do list[i - 1] = text end
  return list
end

-- A plan for these targets and ports, blocked and sharded as the options say.
local function plan_of(targets, options)
  local list = list_of(targets)
  local given = ffi.new "struct scan_options"
  given.targets = list
  for name, value in pairs(options or {}) do given[name] = value end
  local out, counters = ffi.new "struct plan *[1]", ffi.new "struct counters"
  local code = C.plan_create(out, given, ffi.new "struct plan_defaults", 7, counters, why)
  assert(code == 0, ffi.string(why.text))
  kept[#kept + 1] = { list, targets, given, counters, options }
  return ffi.gc(out[0], C.plan_destroy), counters
end

-- All that it gives, from where it is: a list of texts.
local function rest_of(plan)
  local out, text, list = ffi.new "struct endpoint", ffi.new "char[54]", {}
  while true do
    local code = C.plan_next(plan, nil, out, why)
    if code == C.ERR_CLOSED then return list end
    if code == 0 then list[#list + 1] = ffi.string(C.endpoint_format(out, text)) end
  end
end

local function divide(plan, index, count, position)
  assert.equal(0, C.plan_divide(plan, index, count, position or 0, why))
  return plan
end

local TARGETS = { "198.18.0.0/26", "198.18.9.9", "2001:db8::/123", "198.18.7.7:9000", "198.18.0.5:9000" }
local OPTIONS = { ports = "80,443,8000-8003" }

describe("a plan", function()
  it("gives each of several workers another part, all of them everything, and a host to one", function()
    local whole = rest_of((plan_of(TARGETS, OPTIONS)))
    for _, count in ipairs { 2, 3, 7 } do
      local seen, owner, total = {}, {}, 0
      for index = 0, count - 1 do
        for _, target in ipairs(rest_of(divide(plan_of(TARGETS, OPTIONS), index, count))) do
          assert.is_nil(seen[target], target)
          seen[target], total = true, total + 1
          local host = target:match "^(.*):%d+$"
          assert.equal(owner[host] or index, index, host)
          owner[host] = index
        end
      end
      assert.equal(#whole, total)
      for _, target in ipairs(whole) do assert.is_true(seen[target]) end
    end
  end)

  it("divides a shard into parts of that shard", function()
    for shard = 1, 3 do
      local options = { ports = "80,443", shard = shard .. "/3" }
      local whole, parts = {}, {}
      for _, target in ipairs(rest_of((plan_of(TARGETS, options)))) do whole[target] = true end
      for index = 0, 1 do
        for _, target in ipairs(rest_of(divide(plan_of(TARGETS, options), index, 2))) do parts[target] = true end
      end
      assert.same(whole, parts)
    end
  end)

  it("divides --max-targets among the parts, exactly", function()
    local total = 0
    for index = 0, 2 do
      total = total + #rest_of(divide(plan_of(TARGETS, { ports = "80,443", max_targets = "50" }), index, 3))
    end
    assert.equal(50, total)
  end)

  it("goes on with a part where a worker before was", function()
    local part = rest_of(divide(plan_of(TARGETS, OPTIONS), 1, 2))
    local plan = divide(plan_of(TARGETS, OPTIONS), 1, 2, 20)
    assert.equal(20, tonumber(C.plan_position(plan)))
    local rest = rest_of(plan)
    assert.equal(#part - 20, #rest)
    for i, target in ipairs(rest) do assert.equal(part[20 + i], target) end
    assert.equal(#part, tonumber(C.plan_position(plan)))
  end)

  it("counts what the block list takes out of a part, and how many addresses there are at most", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write "198.18.0.0/27\n"
    file:close()
    local total = 0
    for index = 0, 1 do
      local plan, counters = plan_of({ "198.18.0.0/26" }, { ports = "80", blocklists = list_of { path } })
      assert.equal(64, tonumber(C.plan_address_count(plan)))
      rest_of(divide(plan, index, 2))
      assert.equal(counters.targets, counters.targets_blocked)
      total = total + tonumber(counters.targets_blocked)
    end
    os.remove(path)
    assert.equal(32, total)
  end)

  it("knows whether any host may have two targets", function()
    local function is_one_port(targets, ports) return C.plan_is_one_port((plan_of(targets, { ports = ports }))) end
    assert.is_true(is_one_port({ "198.18.0.0/26", "198.18.0.5", "2001:db8::/123" }, "80"))
    assert.is_false(is_one_port({ "198.18.0.0/26" }, "80,443"))
    assert.is_false(is_one_port({ "198.18.0.0/26", "198.18.7.7:9000" }, "80"))
  end)
end)
