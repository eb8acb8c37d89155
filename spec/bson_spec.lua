local bson = require "sonde.bson"
local wire = require "sonde.wire"

local function refuses(bytes)
  local ok, failure = pcall(bson.read, bytes, 1)
  assert.is_false(ok)
  assert.equal("mismatch", failure.outcome)
end

describe("BSON", function()
  -- bsonspec.org, "BSON examples"
  it("writes the specification's example", function()
    assert.equal("\22\0\0\0\2hello\0\6\0\0\0world\0\0", bson.document(bson.text("hello", "world")))
  end)

  it("reads what it writes, at any position", function()
    local bytes = bson.document(bson.text("a", "b"), bson.int32("n", -2 ^ 31), bson.boolean("t", true), bson.boolean("f", false))
    assert.same({ a = "b", n = -2 ^ 31, t = true, f = false }, bson.read("xyz" .. bytes, 4))
  end)

  it("steps over documents within, and types it does not keep", function()
    local bytes = bson.document("\3d\0" .. bson.document(bson.text("a", "inner")), "\4l\0" .. bson.document(),
      "\1x\0" .. ("\0"):rep(8), "\10null\0", "\11re\0a\0i\0", "\5bin\0\2\0\0\0\0ab", "\6u\0",
      "\12p\0\2\0\0\0a\0" .. ("i"):rep(12), "\13c\0\2\0\0\0f\0", "\14s\0\2\0\0\0s\0",
      "\15w\0\15\0\0\0\2\0\0\0f\0\5\0\0\0\0", "\255<\0", "\127>\0", bson.text("a", "outer"))
    assert.same({ a = "outer" }, bson.read(bytes, 1))
  end)

  it("is not led astray", function()
    refuses(bson.document "\99a\0")
    refuses(bson.document "\3a\0\0\0\0\0")
    refuses(bson.document "\2a\0\255\255\255\127x")
    refuses("\9\0\0\0\2")
    refuses ""
    local many = {}
    for i = 1, 300 do many[i] = bson.int32("n" .. i, i) end
    assert.is_nil(bson.read(bson.document(unpack(many)), 1).n257)
  end)

  it("ends a text at its first zero byte", function()
    assert.same({ a = "x" }, bson.read(bson.document("\2a\0" .. wire.pack("<s4", "x\0y\0")), 1))
  end)
end)
