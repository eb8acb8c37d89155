local C, ffi = require "spec.support.c" ("address", "cookie", "shun")

local function endpoint(value, port)
  local out = ffi.new "struct endpoint"
  out.address = C.address_v4(value)
  out.port = port
  return out
end

describe("shun", function()
  local shun
  before_each(function() shun = C.shun_create(C.cookie_key_from_seed(1, 2)) end)
  after_each(function() C.shun_destroy(shun) end)

  it("refuses other connections of the same source, on any port, and no others", function()
    local source, host = endpoint(1, 1000), endpoint(2, 80)
    assert.is_false(C.shun_refuses(shun, source, host, false))
    C.shun_note(shun, source, host, false)
    assert.is_false(C.shun_refuses(shun, source, host, false))
    assert.is_true(C.shun_refuses(shun, endpoint(1, 1001), host, false))
    assert.is_true(C.shun_refuses(shun, source, endpoint(2, 443), false))
    assert.is_false(C.shun_refuses(shun, endpoint(3, 1000), host, false))
    assert.is_false(C.shun_refuses(shun, source, endpoint(4, 80), false))
    C.shun_note(shun, source, endpoint(2, 443), false) -- the first connection stays the one
    assert.is_false(C.shun_refuses(shun, source, host, false))
  end)

  it("refuses everybody after one connection, where the host does", function()
    local first, host = endpoint(1, 1000), endpoint(2, 80)
    C.shun_note(shun, first, host, true)
    assert.is_false(C.shun_refuses(shun, first, host, true))
    assert.is_true(C.shun_refuses(shun, endpoint(3, 1000), host, true))
    assert.is_true(C.shun_refuses(shun, endpoint(3, 1000), endpoint(2, 443), true))
    assert.is_false(C.shun_refuses(shun, endpoint(3, 1000), endpoint(4, 80), true))
  end)

  it("remembers tens of thousands, and when full forgets old ones only", function()
    local source, remembered, late = endpoint(1, 1000), 0, 0
    local again = endpoint(1, 2000)
    for i = 1, 20000 do C.shun_note(shun, source, endpoint(i, 80), false) end
    for i = 1, 20000 do
      if C.shun_refuses(shun, again, endpoint(i, 80), false) then remembered = remembered + 1 end
    end
    assert.is_true(remembered > 19800)
    for i = 20001, 400000 do C.shun_note(shun, source, endpoint(i, 80), false) end
    for i = 399001, 400000 do
      if C.shun_refuses(shun, again, endpoint(i, 80), false) then late = late + 1 end
    end
    assert.equal(1000, late)
    assert.is_false(C.shun_refuses(shun, again, endpoint(1, 80), false))
  end)
end)
