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
    assert.is_false(C.shun_refuses(shun, source, host, C.SHUN_SOURCE))
    C.shun_note(shun, source, host, C.SHUN_SOURCE)
    assert.is_false(C.shun_refuses(shun, source, host, C.SHUN_SOURCE))
    assert.is_true(C.shun_refuses(shun, endpoint(1, 1001), host, C.SHUN_SOURCE))
    assert.is_true(C.shun_refuses(shun, source, endpoint(2, 443), C.SHUN_SOURCE))
    assert.is_false(C.shun_refuses(shun, endpoint(3, 1000), host, C.SHUN_SOURCE))
    assert.is_false(C.shun_refuses(shun, source, endpoint(4, 80), C.SHUN_SOURCE))
    C.shun_note(shun, source, endpoint(2, 443), C.SHUN_SOURCE) -- the first connection stays the one
    assert.is_false(C.shun_refuses(shun, source, host, C.SHUN_SOURCE))
  end)

  it("refuses other connections of the same source to the same port, and no others, where the host does", function()
    local source, host = endpoint(1, 1000), endpoint(2, 80)
    C.shun_note(shun, source, host, C.SHUN_PORT)
    assert.is_false(C.shun_refuses(shun, source, host, C.SHUN_PORT))
    assert.is_true(C.shun_refuses(shun, endpoint(1, 1001), host, C.SHUN_PORT))
    assert.is_false(C.shun_refuses(shun, endpoint(1, 1001), endpoint(2, 443), C.SHUN_PORT))
    assert.is_false(C.shun_refuses(shun, endpoint(3, 1000), host, C.SHUN_PORT))
  end)

  it("has names for whom", function()
    for scope = 0, C.SHUN_COUNT - 1 do assert.equal(scope, tonumber(C.shun_by_name(C.shun_name(scope)))) end
    assert.equal(C.SHUN_COUNT, tonumber(C.shun_by_name "none"))
  end)

  it("refuses everybody after one connection, where the host does", function()
    local first, host = endpoint(1, 1000), endpoint(2, 80)
    C.shun_note(shun, first, host, C.SHUN_ALL)
    assert.is_false(C.shun_refuses(shun, first, host, C.SHUN_ALL))
    assert.is_true(C.shun_refuses(shun, endpoint(3, 1000), host, C.SHUN_ALL))
    assert.is_true(C.shun_refuses(shun, endpoint(3, 1000), endpoint(2, 443), C.SHUN_ALL))
    assert.is_false(C.shun_refuses(shun, endpoint(3, 1000), endpoint(4, 80), C.SHUN_ALL))
  end)

  it("remembers tens of thousands, and when full forgets old ones only", function()
    local source, remembered, late = endpoint(1, 1000), 0, 0
    local again = endpoint(1, 2000)
    for i = 1, 20000 do C.shun_note(shun, source, endpoint(i, 80), C.SHUN_SOURCE) end
    for i = 1, 20000 do
      if C.shun_refuses(shun, again, endpoint(i, 80), C.SHUN_SOURCE) then remembered = remembered + 1 end
    end
    assert.is_true(remembered > 19800)
    for i = 20001, 400000 do C.shun_note(shun, source, endpoint(i, 80), C.SHUN_SOURCE) end
    for i = 399001, 400000 do
      if C.shun_refuses(shun, again, endpoint(i, 80), C.SHUN_SOURCE) then late = late + 1 end
    end
    assert.equal(1000, late)
    assert.is_false(C.shun_refuses(shun, again, endpoint(1, 80), C.SHUN_SOURCE))
  end)
end)
