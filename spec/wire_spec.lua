local wire = require "sonde.wire"

local function hex(bytes)
  return (bytes:gsub(".", function(b) return ("%02x"):format(b:byte()) end))
end

-- What a call raises: its outcome where it raises one, else "error".
local function outcome(call, ...)
  local ok, failure = pcall(call, ...)
  if ok then return "no error" end
  return type(failure) == "table" and failure.outcome or "error"
end

describe("wire.pack", function()
  it("writes integers of every size in the order asked for", function()
    assert.equal("0102", hex(wire.pack(">I2", 0x102)))
    assert.equal("0201", hex(wire.pack("<I2", 0x102)))
    assert.equal("00030201" .. "010203", hex(wire.pack(">I4 <I3", 0x30201, 0x30201)))
    assert.equal("001fffffffffffff", hex(wire.pack(">I8", 2 ^ 53 - 1)))
    assert.equal("ff80" .. "fffe" .. "feffffffffffffff", hex(wire.pack(">b b i2 <i8", -1, -128, -2, -2)))
    assert.equal("00000005", hex(wire.pack(">I", 5)))
  end)

  it("writes strings after their length, before a zero, and filled up", function()
    assert.equal("0003616263" .. "00", hex(wire.pack(">s2 s1", "abc", "")))
    assert.equal("61620000" .. "6100", hex(wire.pack("c4 z", "ab", "a")))
    assert.equal("01000000" .. "02", hex(wire.pack("B x x2 B", 1, 2)))
  end)

  it("refuses values that do not fit, at the caller's line", function()
    for _, case in ipairs {
      { "B", 256 }, { "B", -1 }, { "b", 128 }, { "b", -129 }, { "I2", 65536 }, { "I8", 2 ^ 53 }, { "i8", -2 ^ 53 - 2 },
      { "B", 1.5 }, { "B", "1" }, { "B" }, { "I8", math.huge }, { "I4", 0 / 0 }, { "s1", ("x"):rep(256) }, { "s1", 5 },
      { "c2", "abc" }, { "z", "a\0b" }, { "z" }, { "B", 1, 2 },
    } do
      local ok, failure = pcall(wire.pack, unpack(case))
      assert.is_false(ok, case[1])
      assert.truthy(failure:match "^wire.pack: ", failure)
    end
    local _, failure = pcall(function() return (wire.pack("B", 256)) end)
    assert.truthy(failure:match "wire_spec.lua:%d+: wire.pack: value 1 does not fit")
  end)
end)

describe("wire.unpack", function()
  it("reads back what pack wrote", function()
    local format = ">B b I1 i1 I2 i3 <I4 i5 I6 i7 >I8 i8 s1 s2 s4 z c3 x3 B"
    local values = {
      200, -100, 255, -1, 65535, -2 ^ 23, 2 ^ 32 - 1, -2 ^ 39, 2 ^ 48 - 1, -2 ^ 53 + 1, 2 ^ 53 - 1, -2 ^ 53, "", "two",
      ("x"):rep(300), "zero", "c\0c", 7,
    }
    local bytes = wire.pack(format, unpack(values))
    local read = { wire.unpack(format, bytes) }
    assert.equal(#bytes + 1, table.remove(read))
    assert.same(values, read)
  end)

  it("reads from a position on and says where it ended", function()
    assert.same({ 0x203, 4 }, { wire.unpack(">I2", "\1\2\3\4", 2) })
    assert.same({ 3 }, { wire.unpack("x", "\1\2\3", 2) })
    assert.same({ 1 }, { wire.unpack("", "") })
  end)

  it("calls input that ends too early a mismatch, at every length", function()
    local format = ">I2 s1 B c4 x2 z"
    local bytes = wire.pack(format, 1, "abc", 2, "wxyz", "end")
    for length = 0, #bytes - 1 do
      assert.equal("mismatch", outcome(wire.unpack, format, bytes:sub(1, length)))
    end
    assert.equal("no error", outcome(wire.unpack, format, bytes))
  end)

  it("follows no length out of the bytes", function()
    assert.equal("mismatch", outcome(wire.unpack, "s1", "\5abcd"))
    assert.equal("mismatch", outcome(wire.unpack, ">s4", "\255\255\255\255abcd"))
    assert.equal("mismatch", outcome(wire.unpack, ">s8", ("\255"):rep(8) .. "abcd"))
    assert.equal("mismatch", outcome(wire.unpack, "z", "abcd"))
    assert.equal("mismatch", outcome(wire.unpack, "B", "abcd", 5))
    assert.equal("mismatch", outcome(wire.unpack, "", "abcd", 6))
  end)

  it("reads no number that a double cannot hold exactly", function()
    assert.equal("mismatch", outcome(wire.unpack, ">I8", "\0\32\0\0\0\0\0\0"))
    assert.equal("mismatch", outcome(wire.unpack, ">I7", "\32\0\0\0\0\0\0"))
    assert.equal("mismatch", outcome(wire.unpack, ">i8", "\127" .. ("\255"):rep(7)))
    assert.equal("mismatch", outcome(wire.unpack, ">i8", "\128" .. ("\0"):rep(7)))
    assert.same({ -1, 9 }, { wire.unpack(">i8", ("\255"):rep(8)) })
  end)

  it("reads and writes nothing where a length that was computed is 0", function()
    assert.equal("\1", wire.pack("c0 B", "", 1))
    assert.same({ "", "a", 3 }, { wire.unpack("c0 c1", "ba", 2) })
    assert.same({ "", 3 }, { wire.unpack("c0", "ba", 3) })
    assert.has_error(function() wire.pack("c0", "a") end)
  end)

  it("calls a wrong position or format the script's mistake", function()
    assert.equal("error", outcome(wire.unpack, "B", "abc", 0))
    assert.equal("error", outcome(wire.unpack, "B", "abc", 1.5))
    for _, format in ipairs { "q", "I9", "I0", "s", "c", "B2", "z1", "<1", " 2", "2B", "s9", "c70000" } do
      assert.equal("error", outcome(wire.unpack, format, "abcdefghi"), format)
      assert.equal("error", outcome(wire.pack, format, 1), format)
    end
    assert.equal("error", outcome(wire.pack, nil))
    local _, failure = pcall(function() return (wire.unpack("Q", "")) end)
    assert.truthy(failure:match "wire_spec.lua:%d+: wire: unknown option 'Q'")
  end)

  it("goes on working when more formats were used than it keeps", function()
    for n = 1, 1000 do
      assert.equal(("a"):rep(n), (wire.unpack("c" .. n, ("a"):rep(n))))
    end
    assert.same({ 1, 2 }, { wire.unpack("B", "\1") })
  end)

  it("keeps so few that formats made up on the way cost no memory", function()
    local function use(first)
      for n = first, first + 9999 do wire.unpack("c" .. n, ("a"):rep(n)) end
      collectgarbage()
      return collectgarbage "count"
    end
    local before = use(1)
    assert.is_true(use(20000) - before < 512)
  end)

  it("shows addresses", function()
    assert.equal("198.18.0.7", wire.address "\198\18\0\7")
    assert.equal("2001:db8:0:0:0:0:0:7", wire.address("\32\1\13\184" .. ("\0"):rep(11) .. "\7"))
    local ok, failure = pcall(wire.address, "\1\2\3\4\5")
    assert.same({ false, "mismatch" }, { ok, failure.outcome })
  end)
end)
