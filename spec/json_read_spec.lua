local C, ffi = require "spec.support.c" ("error", "json_read")

local borrowed = setmetatable({}, { __mode = "k" })   -- reader -> the text that it reads

local function reader(text)
  local made = ffi.new("struct json_reader[1]", { C.json_reader(text, #text) })
  borrowed[made] = text
  return made
end

local function text_of(text) return ffi.string(text.bytes, text.length) end

describe("json_read", function()
  it("reads an object member by member, skipping what is not wanted", function()
    local r = reader ' { "a" : 12, "skip": {"x":[1,{"y":"]}"}],"z":null}, "b":"t\\"x", "c":true, "d":false , "e":1.75}'
    local name, seen = ffi.new "struct json_text[1]", {}
    C.json_enter_object(r)
    while C.json_next_member(r, name) do
      local key = text_of(name[0])
      if key == "a" or key == "e" then seen[key] = tonumber(C.json_read_unsigned(r))
      elseif key == "b" then seen[key] = text_of(C.json_read_text(r))
      elseif key == "c" or key == "d" then seen[key] = C.json_read_bool(r)
      else C.json_skip(r) end
    end
    assert.equal(0, r[0].error)
    assert.same({ a = 12, b = 't\\"x', c = true, d = false, e = 1 }, seen)
  end)

  it("reads arrays, empty ones too", function()
    for text, sum in pairs { ["[]"] = 0, ["[ 1 ]"] = 1, ["[1,2,3]"] = 6 } do
      local r, total = reader(text), 0
      C.json_enter_array(r)
      while C.json_next_element(r) do total = total + tonumber(C.json_read_unsigned(r)) end
      assert.equal(sum, total)
      assert.equal(0, r[0].error)
    end
  end)

  it("says so where a number is none, or not exact", function()
    for _, text in ipairs { "-1", "x", "", "1e3", "9007199254740993", "\"1\"" } do
      local r = reader(text)
      C.json_read_unsigned(r)
      assert.equal(C.ERR_INVALID, r[0].error, text)
    end
  end)

  it("stops at whatever a text is cut off in, and stays stopped", function()
    local whole = '{"a":["b\\"",{"c":1}],"d":true}'
    for length = 0, #whole - 1 do
      local r = reader(whole:sub(1, length))
      C.json_skip(r)
      assert.equal(C.ERR_INVALID, r[0].error, whole:sub(1, length))
      assert.is_true(r[0].at <= r[0]["end"])
      C.json_enter_array(r)
      assert.is_false(C.json_next_element(r))
    end
  end)

  it("does not go on for ever in what is closed wrongly or nested deeply", function()
    for _, text in ipairs { "]", "}", ",", ("["):rep(100000), '{"a"' .. ("["):rep(1000), '"\\' } do
      local r = reader(text)
      C.json_skip(r)
      assert.equal(C.ERR_INVALID, r[0].error)
    end
  end)
end)
