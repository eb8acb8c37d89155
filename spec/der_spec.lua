local der = require "sonde.der"

local function refuses(bytes)
  local ok, failure = pcall(der.unpack, bytes)
  assert.is_false(ok)
  assert.equal("mismatch", failure.outcome)
end

describe("DER", function()
  it("writes lengths in as few bytes as they need", function()
    assert.equal("\4\2ab", der.pack(4, "a", "b"))
    assert.equal("\4\127" .. ("x"):rep(127), der.pack(4, ("x"):rep(127)))
    assert.equal("\4\129\128" .. ("x"):rep(128), der.pack(4, ("x"):rep(128)))
    assert.equal("\4\130\1\0" .. ("x"):rep(256), der.pack(4, ("x"):rep(256)))
  end)

  it("reads what it writes", function()
    for _, size in ipairs { 0, 1, 127, 128, 255, 256, 65535 } do
      local tag, contents, position = der.unpack(der.pack(48, ("x"):rep(size)) .. "more")
      assert.same({ 48, ("x"):rep(size) }, { tag, contents })
      assert.equal(#der.pack(48, ("x"):rep(size)) + 1, position)
    end
  end)

  it("goes through the elements of an element", function()
    local seen = {}
    for tag, contents in der.elements(der.pack(2, "\1") .. der.pack(4, "x") .. der.pack(5)) do
      seen[#seen + 1] = { tag, contents }
    end
    assert.same({ { 2, "\1" }, { 4, "x" }, { 5, "" } }, seen)
  end)

  it("refuses lengths that leave the bytes, have no end, or are of a forbidden form", function()
    refuses ""
    refuses "\4"
    refuses "\4\2a"
    refuses "\4\128ab"
    refuses "\4\133\0\0\0\0\1a"
    refuses "\4\132\255\255\255\255a"
    refuses "\4\130\1"
  end)

  it("reads numbers, negative ones too, and refuses what a number cannot hold", function()
    assert.equal(0, der.number "\0")
    assert.equal(-1, der.number "\255")
    assert.equal(-128, der.number "\128")
    assert.equal(256, der.number "\1\0")
    assert.is_false(pcall(der.number, ""))
    assert.is_false(pcall(der.number, "\0\0\0\0\0\0\1"))
  end)
end)
