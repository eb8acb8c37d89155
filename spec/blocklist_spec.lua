local C, ffi = require "spec.support.c" ("error", "address", "range", "cidr", "blocklist")
local file = require "spec.support.file"

local function address(text)
  local out = ffi.new "struct address"
  assert(C.address_parse(text, out) == 0, text)
  return out
end

local function range(text)
  local out = ffi.new "struct address_range"
  assert(C.range_parse(text, out) == 0, text)
  return out
end

local function new(special, prepare)
  local list = ffi.gc(C.blocklist_create(special), C.blocklist_destroy)
  if prepare then prepare(list) end
  C.blocklist_seal(list)
  return list
end

local function reason(list, text)
  local out = ffi.string(C.blocklist_reason(list, address(text), ffi.new "char[200]"))
  assert.equal(out == "", C.blocklist_permits(list, address(text)), text)
  return out
end

local function check(list, text)
  local why = ffi.new "struct error"
  return C.blocklist_check(list, range(text), why), ffi.string(why.text)
end

describe("block list", function()
  it("refuses special-purpose addresses, saying which and by which RFC", function()
    local list = new(true)
    for text, expected in pairs {
      ["198.18.0.0"] = "198.18.0.0/15 is reserved for benchmarking (RFC 2544)",
      ["198.19.255.255"] = "198.18.0.0/15 is reserved for benchmarking (RFC 2544)",
      ["192.168.1.1"] = "192.168.0.0/16 is private (RFC 1918)",
      ["10.0.0.1"] = "10.0.0.0/8 is private (RFC 1918)",
      ["127.0.0.1"] = "127.0.0.0/8 is loopback (RFC 1122)",
      ["100.127.255.255"] = "100.64.0.0/10 is shared by carriers' address translators (RFC 6598)",
      ["239.1.1.1"] = "224.0.0.0/4 is multicast (RFC 5771)",
      ["250.0.0.1"] = "240.0.0.0/4 is reserved (class E) (RFC 1112)",
      ["255.255.255.255"] = "255.255.255.255/32 is the limited broadcast address (RFC 919)",
      ["2001:db8::1"] = "2001:db8::/32 is reserved for documentation (RFC 3849)",
      ["::1"] = "::1/128 is loopback (RFC 4291)", ["fe80::1"] = "fe80::/10 is link-local (RFC 4291)",
      ["fd00::1"] = "fc00::/7 is private (unique local) (RFC 4193)", ["ff02::1"] = "ff00::/8 is multicast (RFC 4291)",
      ["::ffff:1.1.1.1"] = "::ffff:0:0/96 holds mapped IPv4 addresses (RFC 4291)",
    } do assert.equal(expected, reason(list, text)) end
  end)

  it("permits everything just outside the special-purpose ranges", function()
    local list = new(true)
    for _, text in ipairs { "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
      "223.255.255.255", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "2606:4700::1111", "3ffe::1" } do
      assert.equal("", reason(list, text))
    end
  end)

  it("names every special-purpose range by a block that is one, and blocks both its ends", function()
    local list, index = new(true), 0
    while C.blocklist_special(index) ~= nil do
      local text = ffi.string(C.blocklist_special(index).text)
      local block = range(text)
      assert.is_true(C.address_equal(block.first, address(text:match "^[^/]+")), text .. " has bits behind its prefix")
      assert.is_false(C.blocklist_permits(list, block.first), text)
      assert.is_false(C.blocklist_permits(list, block.last), text)
      assert.equal(index, C.blocklist_special_covering(block), text)
      assert.matches("^RFC %d+$", ffi.string(C.blocklist_special(index).source))
      index = index + 1
    end
    assert.is_true(index > 40)
    assert.equal(-1, C.blocklist_special_covering(range "8.8.8.8"))
    assert.equal(-1, C.blocklist_special_covering(range "0.0.0.0/0"))
  end)

  it("permits all when lifted, except what the user blocks", function()
    local list = new(false, function(list) C.blocklist_block(list, range "198.18.5.0/24") end)
    assert.equal("", reason(list, "198.18.0.1"))
    assert.equal("", reason(list, "127.0.0.1"))
    assert.equal("198.18.5.7 is on the block list", reason(list, "198.18.5.7"))
  end)

  it("is exact to the address, however a range lies to a /16, and may be sealed again", function()
    local list = new(true, function(list)
      C.blocklist_block(list, range "203.0.255.255")
      C.blocklist_block(list, range "203.2.0.0/15")
      C.blocklist_block(list, range "203.4.0.0")
      C.blocklist_exempt(list, range "198.18.0.0/16")
    end)
    for _, text in ipairs { "203.0.255.255", "203.2.0.0", "203.3.255.255", "203.4.0.0", "198.19.0.0", "198.19.255.255" } do
      assert.not_equal("", reason(list, text))
    end
    for _, text in ipairs { "203.0.255.254", "203.1.0.0", "203.1.255.255", "203.4.0.1", "203.5.0.0", "198.17.255.255",
      "198.18.0.0", "198.18.255.255", "198.20.0.0" } do
      assert.equal("", reason(list, text))
    end
    C.blocklist_block(list, range "203.1.9.9")
    C.blocklist_seal(list)
    assert.not_equal("", reason(list, "203.1.9.9"))
    assert.equal("", reason(list, "203.1.9.10"))
  end)

  it("lets an allow list narrow and a block list beat it", function()
    local list = new(false, function(list)
      file.with("198.18.0.0/24\n2001:db8::/64\n", function(path)
        assert.equal(0, C.blocklist_allow_file(list, path, nil))
      end)
      file.with("198.18.0.128/25\n", function(path) assert.equal(0, C.blocklist_block_file(list, path, nil)) end)
    end)
    assert.equal("", reason(list, "198.18.0.5"))
    assert.equal("198.18.0.200 is on the block list", reason(list, "198.18.0.200"))
    assert.equal("198.18.1.1 is not on the allow list", reason(list, "198.18.1.1"))
    assert.equal("", reason(list, "2001:db8::9"))
    assert.equal("2001:db8:1:: is not on the allow list", reason(list, "2001:db8:1::"))
  end)

  it("does not let an allow list open special-purpose ranges", function()
    local list = new(true, function(list)
      file.with("10.0.0.0/8\n", function(path) assert.equal(0, C.blocklist_allow_file(list, path, nil)) end)
    end)
    assert.equal("10.0.0.0/8 is private (RFC 1918)", reason(list, "10.1.1.1"))
  end)

  it("refuses files that are malformed, and an empty allow list", function()
    local why, list = ffi.new "struct error", new(true)
    file.with("198.18.0.1\nten\n", function(path)
      assert.equal(C.ERR_INVALID, C.blocklist_block_file(list, path, why))
      assert.is_truthy(ffi.string(why.text):find(path .. ' line 2: "ten"', 1, true))
    end)
    file.with("# nothing\n", function(path)
      assert.equal(C.ERR_INVALID, C.blocklist_allow_file(list, path, why))
      assert.matches("is empty", ffi.string(why.text))
      assert.equal(0, C.blocklist_block_file(list, path, why))
    end)
  end)

  it("exempts ranges from the special-purpose ones only", function()
    local list = new(true, function(list)
      C.blocklist_exempt(list, range "127.0.0.0/8")
      C.blocklist_exempt(list, range "192.168.1.5")
      C.blocklist_block(list, range "127.0.0.9")
    end)
    assert.equal("", reason(list, "127.0.0.1"))
    assert.equal("", reason(list, "192.168.1.5"))
    assert.equal("127.0.0.9 is on the block list", reason(list, "127.0.0.9"))
    assert.equal(0, (check(list, "127.0.0.0/24")))
    assert.equal(0, (check(list, "192.168.1.5")))
    assert.equal(C.ERR_BLOCKED, (check(list, "192.168.1.0/24")))
  end)

  it("refuses targets wholly inside special-purpose ranges, and tells how to allow them", function()
    local list = new(true)
    local code, sentence = check(list, "192.168.1.0/24")
    assert.equal(C.ERR_BLOCKED, code)
    assert.equal("192.168.0.0/16 is private (RFC 1918): --no-default-blocklist allows scanning 192.168.1.0/24", sentence)
    code, sentence = check(list, "224.0.0.0-255.255.255.255")
    assert.equal(C.ERR_BLOCKED, code)
    assert.matches("224.0.0.0/3 is special%-purpose", sentence)
    assert.equal(0, (check(list, "0.0.0.0/0")))
    assert.equal(0, (check(list, "192.0.0.0/8")))
    assert.equal(0, (check(new(false), "10.0.0.0/8")))
  end)
end)
