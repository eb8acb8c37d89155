local cjson = require "cjson"
local core = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
local json = assert(package.loadlib(core, "lua_json_open"))()

describe("json.encode", function()
  it("writes each kind of value", function()
    assert.equal("null", json.encode(nil))
    assert.equal("true", json.encode(true))
    assert.equal("80", json.encode(80))
    assert.equal('"text"', json.encode "text")
    assert.equal("[1,2,3]", json.encode { 1, 2, 3 })
    assert.equal("{}", json.encode {})
  end)

  it("sorts keys, so that the same record is the same line", function()
    local keys = { "z", "a", "ab", "b", "aa", "", "Z", "\127" }
    for i = 1, 40 do keys[#keys + 1] = "key" .. i end
    local record, sorted = {}, {}
    for _, key in ipairs(keys) do
      record[key] = 1
      sorted[#sorted + 1] = key
    end
    table.sort(sorted)
    for i, key in ipairs(sorted) do sorted[i] = '"' .. key .. '":1' end
    assert.equal("{" .. table.concat(sorted, ",") .. "}", json.encode(record))
  end)

  it("writes other than array keys as text, numbers first", function()
    assert.equal('{"2":true,"10":true,"1":true}', json.encode { [2] = true, [10] = true, ["1"] = true })
    assert.equal('{"0.5":1,"a":2}', json.encode { a = 2, [0.5] = 1 })
    assert.has_error(function() json.encode { [true] = 1 } end, "JSON has no keys that are a boolean")
  end)

  it("tells arrays from objects", function()
    assert.equal("[]", json.encode(json.array {}))
    assert.equal("[[],{}]", json.encode { json.array {}, {} })
    assert.equal("[1]", json.encode(json.array { 1 }))
    assert.equal('{"1":"x","n":1}', json.encode { "x", n = 1 })
    assert.equal('{"1":1,"3":3}', (json.encode { [1] = 1, [3] = 3 }))
    assert.equal('{"1":1,"3":3}', (json.encode { 1, nil, 3 }))
    for _, wrong in ipairs { { 1, nil, 3 }, { 1, n = 1 }, { n = 1 }, { [0] = 1 }, { [1.5] = 1 } } do
      local function encode() json.encode(json.array(wrong)) end
      assert.has_error(encode, "a JSON array has other keys than 1 to n, or holes")
    end
    assert.equal("a JSON array", getmetatable(json.array {}))
    local marked = json.array {}
    local again = package.loadlib(core, "lua_json_open")()
    assert.equal("[]", again.encode(marked))
    assert.has_error(function() json.array "x" end)
  end)

  it("puts bytes that are no UTF-8 under another name", function()
    assert.equal('{"data_base64":"/w==","text":"a"}', json.encode { data = "\255", text = "a" })
    assert.equal('[{"base64":"/w=="},"a"]', json.encode { "\255", "a" })
    assert.equal('{"base64":"/w=="}', json.encode "\255")
    assert.equal('{"a\\\\xff":1}', json.encode { ["a\255"] = 1 })
    assert.equal('{"a":{"base64":"gA=="},"b_base64":"gA=="}', json.encode { a = { base64 = "gA==" }, b = "\128" })
  end)

  it("never writes one name twice, whatever names a peer chooses", function()
    assert.equal('{"a_base64_base64":"/w==","a_base64":"x"}', json.encode { a = "\255", a_base64 = "x" })
    local hostile, key = {}, "a"
    for _ = 1, 60 do
      hostile[key] = #key % 3 == 0 and "\255" or "text"
      key = key .. "_base64"
    end
    local names, count = {}, 0
    for name in json.encode(hostile):gmatch '[{,]"([^"]+)":' do
      assert.is_nil(names[name], name)
      names[name], count = true, count + 1
    end
    assert.equal(60, count)
  end)

  it("refuses what JSON cannot say", function()
    for _, value in ipairs { print, io.stdout, coroutine.create(print) } do
      assert.has_error(function() json.encode { x = { value } } end, "JSON cannot hold a " .. type(value))
    end
    local cycle = {}
    cycle.cycle = cycle
    assert.has_error(function() json.encode(cycle) end)
    assert.equal("[1]", json.encode { 1 }) -- an error leaves nothing behind
  end)

  it("goes 32 tables deep, not 33", function()
    local value = 1
    for _ = 1, 32 do value = { value } end
    assert.equal(("["):rep(32) .. "1" .. ("]"):rep(32), json.encode(value))
    assert.has_error(function() json.encode { value } end)
  end)

  it("ends also for tables that hold each other over and over", function()
    local value = { "x" }
    for _ = 1, 31 do value = { value, value } end
    assert.has_error(function() json.encode(value) end, "JSON text: no room left")
  end)

  it("takes big tables", function()
    local array, object = {}, {}
    for i = 1, 100000 do array[i] = i end
    for i = 1, 3000 do object["key" .. i] = i end
    assert.same(array, cjson.decode(json.encode(array)))
    assert.same(object, cjson.decode(json.encode(object)))
    for i = 3001, 20000 do object["key" .. i] = i end
    assert.has_error(function() json.encode(object) end)
  end)

  it("calls no metamethods", function()
    local bad = setmetatable({ a = 1 }, { __index = error, __tostring = error, __len = error, __pairs = error })
    assert.equal('{"a":1}', json.encode(bad))
  end)

  it("writes what any other reader reads back, whatever bytes come", function()
    math.randomseed(11)
    local function random_text()
      local bytes = {}
      for i = 1, math.random(0, 40) do
        bytes[i] = string.char(math.random(0, 3) == 0 and math.random(0, 255) or math.random(32, 126))
      end
      return table.concat(bytes)
    end
    for _ = 1, 3000 do
      local record = { text = random_text(), list = { random_text(), random_text() }, n = math.random() * 1e6 }
      local line = json.encode(record)
      assert.is_true(json.is_utf8(line))
      assert.is_nil(line:find "[%z\1-\31]")
      local back = cjson.decode(line)
      assert.equal(record.text, back.text or json.unbase64(back.text_base64))
      for i = 1, 2 do
        local item = back.list[i]
        assert.equal(record.list[i], type(item) == "table" and json.unbase64(item.base64) or item)
      end
      assert.equal(record.n, tonumber(line:match '"n":([^,}]+)'))
    end
  end)
end)

describe("json.base64 and json.is_utf8", function()
  it("convert bytes both ways", function()
    assert.equal("AAH/", json.base64 "\0\1\255")
    assert.equal("\0\1\255", json.unbase64 "AAH/")
    assert.equal("", json.unbase64(json.base64 ""))
    assert.is_nil(json.unbase64 "AAH")
    assert.is_nil(json.unbase64 "AA=A")
  end)

  it("know text from bytes", function()
    assert.is_true(json.is_utf8 "gr\195\188n")
    assert.is_false(json.is_utf8 "gr\252n")
  end)
end)
