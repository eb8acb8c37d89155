local C, ffi = require "spec.support.c" ("error", "lines")
local file = require "spec.support.file"

local got, answer

-- One callback for all: keeps what it is given, and answers what a test wants.
local each = ffi.cast("lines_fn", function(_, entry, why)
  got[#got + 1] = ffi.string(entry)
  return answer(got[#got], why)
end)

local function read(path)
  local why = ffi.new "struct error"
  got = {}
  return C.lines_read(path, each, nil, why), ffi.string(why.text)
end
jit.off(read)

describe("lines", function()
  before_each(function() answer = function() return 0 end end)

  it("hands over entries without comments, space and line ends", function()
    assert.equal(0, (file.with("one\n# two\n\n  three four \t# five\r\n\r\nsix#", read)))
    assert.same({ "one", "three four", "six" }, got)
    assert.equal(0, (file.with("", read)))
    assert.same({}, got)
  end)

  it("stops at the first refusal and says where it was", function()
    answer = function(entry, why) return entry == "bad" and C.error_set(why, C.ERR_BLOCKED, "it is bad") or 0 end
    file.with("good\n\nbad\nnever\n", function(path)
      local code, sentence = read(path)
      assert.equal(C.ERR_BLOCKED, code)
      assert.equal(path .. " line 3: it is bad", sentence)
    end)
    assert.same({ "good", "bad" }, got)
  end)

  it("takes lines up to the limit and refuses longer ones and zero bytes", function()
    assert.equal(0, (file.with(("x"):rep(4096) .. "\n", read)))
    assert.equal(4096, #got[1])
    local code, sentence = file.with("ok\n" .. ("x"):rep(4097), read)
    assert.equal(C.ERR_INVALID, code)
    assert.matches("line 2: the line is too long", sentence)
    code, sentence = file.with("a\0b\n", read)
    assert.equal(C.ERR_INVALID, code)
    assert.matches("line 1: holds a zero byte", sentence)
  end)

  it("says what cannot be opened or read", function()
    assert.matches("cannot open /nonexistent: No such file", select(2, read "/nonexistent") .. "")
    assert.equal(C.ERR_SYSTEM, (read "/"))
  end)

  it("quotes for a terminal: short and printable", function()
    local function quote(text) return ffi.string(C.lines_quote(text, ffi.new "char[72]")) end
    assert.equal('"a b"', quote "a b")
    assert.equal('".[31mred."', quote "\27[31mred\7")
    assert.equal('"...."', quote "\195\169\n\127")
    assert.equal(71, #quote(("y"):rep(500)))
    assert.matches('y%.%.%."$', quote(("y"):rep(500)))
  end)
end)
