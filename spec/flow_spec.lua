local C, ffi = require "spec.support.c" ("flow", "error")

local key = C.cookie_key_from_seed(7, 3)

local function endpoint(n)
  local out = ffi.new "struct endpoint"
  out.address = C.address_v4(0xc6120000 + math.floor(n / 1000))
  out.port = 1 + n % 1000
  return out
end

local here = endpoint(999999)

describe("flow table", function()
  local flows

  local function create(capacity) flows = ffi.gc(C.flow_table_create(capacity, key), C.flow_table_destroy) end

  it("finds what was added, by both ends", function()
    create(100)
    local flow = C.flow_add(flows, here, endpoint(1))
    assert.is_true(C.flow_find(flows, here, endpoint(1)) == flow)
    assert.is_true(C.flow_find(flows, here, endpoint(2)) == nil)
    assert.is_true(C.flow_find(flows, endpoint(1), here) == nil)
    assert.equal(1, C.flow_count(flows))
  end)

  it("gives no flow when it is full, and one again when one is gone", function()
    create(3)
    local first = C.flow_add(flows, here, endpoint(1))
    assert.is_true(C.flow_add(flows, here, endpoint(2)) ~= nil)
    assert.is_true(C.flow_add(flows, here, endpoint(3)) ~= nil)
    assert.is_true(C.flow_add(flows, here, endpoint(4)) == nil)
    C.flow_remove(flows, first)
    assert.is_true(C.flow_add(flows, here, endpoint(4)) ~= nil)
    assert.is_true(C.flow_find(flows, here, endpoint(1)) == nil)
  end)

  it("hands out flows without anything of those before", function()
    create(1)
    local flow = C.flow_add(flows, here, endpoint(1))
    flow.stream.bytes_received, flow.owned, flow.tcp.una = 5, true, 6
    C.flow_remove(flows, flow)
    flow = C.flow_add(flows, here, endpoint(2))
    assert.same({ 0, false, 0 }, { tonumber(flow.stream.bytes_received), flow.owned, flow.tcp.una })
  end)

  it("agrees with a Lua table over many random additions and removals", function()
    create(2000)
    local model, count, state = {}, 0, 42
    local function draw(n)
      state = (state * 1103515245 + 12345) % 2 ^ 31
      return math.floor(state / 65536) % n
    end
    for _ = 1, 20000 do
      local n = draw(3000)
      local found = C.flow_find(flows, here, endpoint(n))
      assert.equal(model[n] ~= nil, found ~= nil)
      if found ~= nil then
        assert.is_true(found == model[n])
        if draw(2) == 0 then
          C.flow_remove(flows, found)
          model[n], count = nil, count - 1
        end
      else
        model[n] = C.flow_add(flows, here, endpoint(n))
        if model[n] == nil then
          model[n] = nil
          assert.equal(2000, count)
        else
          count = count + 1
        end
      end
      assert.equal(count, C.flow_count(flows))
    end
  end)

  it("names every flow when asked for any until none is left", function()
    create(500)
    for i = 1, 500 do C.flow_add(flows, here, endpoint(i)) end
    local cursor, seen = ffi.new "uint32_t[1]", 0
    while true do
      local flow = C.flow_any(flows, cursor)
      if flow == nil then break end
      C.flow_remove(flows, flow)
      seen = seen + 1
    end
    assert.equal(500, seen)
    assert.equal(0, C.flow_count(flows))
  end)

  it("frees what the flows in it have queued", function()
    create(10)
    local flow = C.flow_add(flows, here, endpoint(1))
    flow.tcp.state = C.TCP_STATE_OPEN
    assert.equal(0, C.tcp_send(flow.tcp, "hello", 5))
    flows = nil
    collectgarbage() -- under ASan's leak check a buffer left behind would show
  end)
end)
