local C, ffi = require "spec.support.c" ("error", "address", "range")

local function range(text)
  local out = ffi.new "struct address_range"
  if C.range_parse(text, out) ~= 0 then return nil end
  return out
end

local function show(value) return ffi.string(C.range_format(value, ffi.new "char[96]")) end

describe("range", function()
  it("reads addresses, blocks and ranges, and writes the shortest form", function()
    for text, expected in pairs {
      ["198.18.0.7"] = "198.18.0.7", ["198.18.0.0/15"] = "198.18.0.0/15", ["198.18.0.9/15"] = "198.18.0.0/15",
      ["0.0.0.0/0"] = "0.0.0.0/0", ["::/0"] = "::/0", ["198.18.0.1/32"] = "198.18.0.1",
      ["2001:db8::/32"] = "2001:db8::/32", ["2001:db8::5-2001:db8::9"] = "2001:db8::5-2001:db8::9",
      ["198.18.0.0-198.18.255.255"] = "198.18.0.0/16", ["198.18.0.1-198.18.0.2"] = "198.18.0.1-198.18.0.2",
      ["198.18.0.4-198.18.0.4"] = "198.18.0.4", ["0.0.0.0-255.255.255.255"] = "0.0.0.0/0",
      ["2001:db8::1/128"] = "2001:db8::1",
    } do assert.equal(expected, show(assert(range(text), text))) end
  end)

  it("refuses everything else", function()
    for _, text in ipairs { "", "/", "-", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8",
      "10/8", "10.0.0.9-10.0.0.1", "10.0.0.1-", "10.0.0.1-5", "10.0.0.1-::1", "::/129", "::1/1234", "::1-", "a-b",
      "10.0.0.0/0x8", "10.0.0.1-10.0.0.2-10.0.0.3", "10.0.0.0/8-10.0.0.1", ("1"):rep(5000), "1.2.3.4:80",
      "fe80::1%lo" } do
      assert.is_nil(range(text), text)
    end
  end)

  it("counts, indexes and finds", function()
    assert.equal(4294967296ULL, C.range_count(range "0.0.0.0/0"))
    assert.equal(0xffffffffffffffffULL, C.range_count(range "2001:db8::/32"))
    assert.equal(0xffffffffffffffffULL, C.range_count(range "2001:db8::/64"))
    assert.equal(0x8000000000000000ULL, C.range_count(range "2001:db8::/65"))
    local block = range "2001:db8::fffe/112"
    local tenth = C.range_at(block, 65535)
    assert.equal("2001:db8::ffff", ffi.string(C.address_format(tenth, ffi.new "char[46]")))
    assert.equal(65535ULL, C.range_offset(block, tenth))
  end)

  it("covers and touches across byte boundaries, and never across families", function()
    assert.is_true(C.range_covers(range "198.18.0.0/15", range "198.19.0.0/16"))
    assert.is_false(C.range_covers(range "198.19.0.0/16", range "198.18.0.0/15"))
    assert.is_false(C.range_covers(range "::/0", range "1.2.3.4"))
    assert.is_true(C.range_touches(range "198.18.0.0/24", range "198.18.1.0"))
    assert.is_false(C.range_touches(range "198.18.0.0/24", range "198.18.1.1"))
    assert.is_true(C.range_touches(range "2001:db8::/64", range "2001:db8:0:1::"))
    assert.is_false(C.range_touches(range "255.255.255.255", range "::"))
    assert.is_false(C.range_touches(range "::/0", range "0.0.0.0"))
  end)
end)
