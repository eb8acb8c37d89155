local prefixes = require "sonde.prefixes"

local TABLE = [[
prefix,as,name
10.0.0.0/8,64500,Wide
10.1.128.0/17,64501,"Narrow ""and"" quoted"
198.18.0.7/32,64502,One
2001:db8::/32,64503,Six
2001:db8:1::/112,64504,Small six
0.0.0.0/0,,Rest
]]

describe("prefixes", function()
  local networks = assert(prefixes.read(TABLE))

  local function as(address)
    local row = networks:find(address)
    return row and row.as or row and "rest"
  end

  it("finds the longest prefix that holds an address", function()
    assert.equal(64500, as "10.1.127.255")
    assert.equal(64501, as "10.1.128.0")
    assert.equal(64502, as "198.18.0.7")
    assert.equal("rest", as "198.18.0.8")
    assert.equal(64503, as "2001:db8:1::1:0")
    assert.equal(64504, as "2001:db8:1::ffff")
    assert.equal('Narrow "and" quoted', networks:find("10.1.200.1").name)
  end)

  it("finds nothing for what is in no prefix or no address", function()
    for _, address in ipairs { "2001:db9::1", "10.0.0", "10.0.0.256", "::1::", "1:2:3", "", "x" } do
      assert.is_nil(as(address), address)
    end
  end)

  it("writes what it reads", function()
    local rows = { { prefix = "10.0.0.0/8", as = 1, name = 'a "b"' }, { prefix = "::/0" } }
    local again = assert(prefixes.read(prefixes.write(rows)))
    assert.same(rows[1], again:find "10.2.3.4")
    assert.equal("::/0", again:find("2001::1").prefix)
  end)

  it("refuses a line that is none", function()
    local none, why = prefixes.read "10.0.0.0/8,1,a\n10.0.0.0/33,1,a\n"
    assert.is_nil(none)
    assert.equal("line 2 is no prefix, AS number and name", why)
  end)
end)
