local C, ffi = require "spec.support.c" ("error", "address")

local function parse(text)
  local out = ffi.new "struct address"
  if C.address_parse(text, out) ~= 0 then return nil end
  return ffi.string(C.address_format(out, ffi.new "char[46]"))
end

local function endpoint(text)
  local out = ffi.new "struct endpoint"
  if C.endpoint_parse(text, out) ~= 0 then return nil end
  return ffi.string(C.endpoint_format(out, ffi.new "char[54]"))
end

describe("address", function()
  it("reads and writes both families", function()
    assert.equal("198.18.0.1", parse "198.18.0.1")
    assert.equal("2001:db8::1", parse "2001:DB8:0:0:0:0:0:1")
  end)

  it("refuses what is no address", function()
    for _, text in ipairs { "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", "::g", "localhost", "1.2.3.4/8" } do
      assert.is_nil(parse(text), text)
    end
  end)

  it("reads and writes endpoints of both families", function()
    assert.equal("198.18.0.1:80", endpoint "198.18.0.1:80")
    assert.equal("[2001:db8::1]:65535", endpoint "[2001:db8::1]:65535")
  end)

  it("refuses endpoints that are none", function()
    for _, text in ipairs { "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:8x", "2001:db8::1:80", "[1.2.3.4]:80", "[::1]80" } do
      assert.is_nil(endpoint(text), text)
    end
  end)

  it("has no padding, so that endpoints can be hashed as bytes", function()
    assert.equal(17, ffi.sizeof "struct address")
    assert.equal(20, ffi.sizeof "struct endpoint")
  end)
end)
