local signature = require "sonde.signature"

local function compile(...)
  local sources = {}
  for index, text in ipairs { ... } do sources[index] = { name = "signatures/s" .. index .. ".lua", text = text } end
  return signature.compile(sources)
end

local function refused(text)
  local set, message = compile(text)
  assert.is_nil(set)
  return message
end

local function name_of(set, bytes, hints) return signature.identify(set, bytes, hints).service end

describe("a signature file", function()
  it("gives service and fields", function()
    local set = assert(compile [[return { protocol = "a", pattern = Ct("A" * number("n", digits)) }]])
    assert.same({ service = "a", services = { "a" }, fields = { n = 12 } }, signature.identify(set, "A12"))
  end)

  it("is looked at only where an answer begins with a byte it names, as text or as pattern", function()
    for _, first in ipairs { '"AB"', 'R "AB"', 'S "A" + P "B"' } do
      local set = assert(compile("return { protocol = 'a', pattern = R 'AZ' * eos, first = " .. first .. " }"))
      assert.equal("a", signature.identify(set, "B").service)
      assert.is_nil(signature.identify(set, "C").service)
    end
    assert.equal("signatures/s1.lua: first must be a text", refused [[return { protocol = "a", pattern = P "A", first = 7 }]])
  end)

  it("is refused by file and reason", function()
    local pattern = [[return { protocol = "a", pattern = P "A", ]]
    local cases = {
      [ [[return { protocol = "a", patern = P "A" }]] ] = "signatures/s1.lua: unknown key 'patern'",
      [ [[return { pattern = P "A" }]] ] = "signatures/s1.lua: protocol is missing",
      [ [[return { protocol = "a" }]] ] = "signatures/s1.lua: pattern is missing",
      [ [[return { protocol = "a", pattern = "A" }]] ] = "signatures/s1.lua: pattern must be a pattern",
      [ [[return { protocol = "a", pattern = P(true) }]] ] = "signatures/s1.lua: pattern matches an answer of no bytes",
      [ [[return 7]] ] = "signatures/s1.lua: must return a table",
      [pattern .. [[starts = {} }]] ] = "signatures/s1.lua: starts must be a list",
      [pattern .. [[ports = { 70000 } }]] ] = "signatures/s1.lua: ports must list ports",
      [pattern .. [[examples = { "A" } }]] ] = "signatures/s1.lua: examples must map bytes to a table of fields or to true",
      [pattern .. [[over = { "b" } }]] ] = "signatures/s1.lua: over names 'b', which no file has",
    }
    for text, message in pairs(cases) do assert.equal(message, refused(text)) end
  end)

  it("is refused with its line when its Lua or its pattern is wrong", function()
    assert.truthy(refused("return {\n protocol = = }"):find("signatures/s1.lua:2:", 1, true))
    assert.truthy(refused("local p =\n P 'a' * {}\nreturn {}"):find("signatures/s1.lua", 1, true))
    assert.truthy(refused("return {\n  protocol = 'a', pattern = p('A') }"):find("signatures/s1.lua:2:", 1, true))
    assert.truthy(refused("return { protocol = 'a', pattern = Ct(P(true) ^ 0) }"):find("signatures/s1.lua", 1, true))
  end)

  it("sees the vocabulary and nothing else", function()
    for _, name in ipairs { "io", "os", "require", "load", "loadstring", "dofile", "ffi", "debug", "getfenv", "setmetatable",
      "pairs", "print", "string", "rawset", "_G" } do
      local set = compile("return { protocol = 'a', pattern = P(" .. name .. " == nil and 'A' or 'B') }")
      assert.equal("a", name_of(set, "A"), name)
    end
  end)

  it("cannot change the vocabulary of the next one", function()
    local set = assert(compile([[digits = P "x" return { protocol = "a", pattern = P "A" }]],
      [[return { protocol = "b", pattern = "B" * digits }]]))
    assert.equal("b", name_of(set, "B1"))
  end)

  it("is refused as bytecode", function()
    assert.truthy(refused("\27LJ\2\2\0\1\0"):find("signatures/s1.lua", 1, true))
  end)
end)

describe("identify", function()
  local set = assert(compile(
    [[return { protocol = "a", ports = { 1 }, pattern = P "AA", maybe = P "greeting", over = { "c" } }]],
    [[return { protocol = "b", ports = { 2 }, maybe = P "greeting", weak = P "x" }]],
    [[return { protocol = "c", pattern = S "Ab" * P "A" }]],
    [[return { protocol = "d", starts = { "D" }, unasked = P "DD" }]]))

  it("names nothing for no bytes and for unknown ones", function()
    for _, bytes in ipairs { "", "?", "\0", ("z"):rep(100000) } do
      assert.same({ services = {}, fields = {} }, signature.identify(set, bytes))
    end
  end)

  it("puts the stronger first", function()
    local found = signature.identify(set, "AA")
    assert.equal("a", found.service)
    assert.same({ "a", "c" }, found.services)
  end)

  it("lists the candidates of a greeting that two share, and decides by handshake, then by port", function()
    local found = signature.identify(set, "greeting")
    assert.is_nil(found.service)
    assert.same({ "a", "b" }, found.services)
    assert.equal("a", name_of(set, "greeting", { port = 1 }))
    assert.equal("b", name_of(set, "greeting", { port = 2 }))
    assert.equal("b", name_of(set, "greeting", { port = 1, handshake = "b" }))
    assert.is_nil(name_of(set, "greeting", { port = 3, handshake = "wait" }))
  end)

  it("takes weak evidence only where port or handshake agree", function()
    assert.is_nil(name_of(set, "x"))
    assert.is_nil(name_of(set, "x", { port = 1, handshake = "a" }))
    assert.equal("b", name_of(set, "x", { port = 2 }))
    assert.equal("b", name_of(set, "x", { handshake = "b" }))
  end)

  it("never lets a hint overrule the bytes", function()
    assert.equal("a", name_of(set, "AA", { port = 2, handshake = "b" }))
  end)

  it("takes bytes that the own handshake sends as an answer to another one only", function()
    assert.equal("d", name_of(set, "DD", { handshake = "wait" }))
    assert.is_nil(name_of(set, "DD", { handshake = "d" }))
    assert.same({ services = { "d" }, fields = {} }, signature.identify(set, "DD"))
  end)

  it("names nothing for an echo of what was sent, whole, cut or with more after it", function()
    for _, bytes in ipairs { "AAAA", "AA", "AAAA more" } do
      assert.same({ services = {}, fields = {} }, signature.identify(set, bytes, { sent = "AAAA" }))
    end
    assert.equal("a", name_of(set, "AAB", { sent = "AAAA" }))
  end)

  it("names what an answer says after it has repeated what was sent, however often", function()
    assert.equal("a", name_of(set, "BBBBAAB", { sent = "BBBB" }))
    assert.equal("a", name_of(set, "BBBBBBBBAAB", { sent = "BBBB" }))
    assert.is_nil(name_of(set, "AAAAAAAAA", { sent = "AAAA" }))
  end)

  it("looks at no more than its cap", function()
    local behind = assert(compile([[return { protocol = "f", pattern = up_to "!" * "!" }]]))
    assert.equal("f", name_of(behind, ("x"):rep(signature.BYTES_MAX - 1) .. "!"))
    assert.is_nil(name_of(behind, ("x"):rep(signature.BYTES_MAX) .. "!"))
  end)
end)

describe("the vocabulary", function()
  local function matches(pattern, bytes)
    local set = assert(compile("return { protocol = 'v', pattern = " .. pattern .. " }"))
    return name_of(set, bytes) == "v"
  end

  it("compares integers of both byte orders", function()
    assert.is_true(matches("be(2, 256, 258)", "\1\1"))
    assert.is_false(matches("be(2, 256, 258)", "\3\1"))
    assert.is_true(matches("le(2, 256, 258)", "\1\1"))
    assert.is_false(matches("be(2, 0, 9)", "\0"))
  end)

  it("checks lengths against what is there", function()
    assert.is_true(matches("all_be(2)", "\0\3abc"))
    assert.is_false(matches("all_be(2)", "\0\3abcd"))
    assert.is_true(matches("fits_be(2)", "\0\3abcd"))
    assert.is_false(matches("fits_be(2)", "\0\3ab"))
    assert.is_true(matches("fits_le(4, 4)", "\7\0\0\0abc"))
    assert.is_false(matches("fits_be(4)", "\255\255\255\255"))
  end)

  it("takes counted strings of the right characters only", function()
    assert.is_true(matches("counted_be(1, alpha)", "\3abc"))
    assert.is_false(matches("counted_be(1, alpha)", "\3ab1"))
    assert.is_false(matches("counted_be(1, alpha)", "\4abc"))
    assert.is_false(matches("counted_be(4, alpha)", "\255\255\255\255abc"))
    assert.is_false(matches("counted_be(1, alpha, 4)", "\3abc"))
  end)

  it("finds words whatever their case, within the bytes allowed", function()
    assert.is_true(matches([[find { "smtp", "esmtp" }]], "xx sSMTP"))
    assert.is_false(matches([[find({ "smtp" }, 1 - S "\n")]], "xx\nsmtp"))
    assert.is_true(matches([[ends_with(6, P "end")]], ("x"):rep(5000):sub(1, 4000) .. "end"))
    assert.is_false(matches([[ends_with(6, P "end")]], "end and more than six"))
  end)
end)
