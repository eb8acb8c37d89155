local C, ffi = require "spec.support.c" ("error", "json", "utf8", "base64")

local function write(cap, actions)
  local json = ffi.new "struct json"
  C.json_init(json, cap)
  actions(json)
  local text, code = json.text ~= nil and ffi.string(json.text, json.length) or "", json.error
  C.json_free(json)
  return text, code
end

-- Compiled, it may read `error` from before the calls: LuaJIT takes the new struct's zeros for its contents still.
jit.off(write)

local function string_of(bytes)
  local written
  local text = write(1e6, function(json) written = C.json_string(json, bytes, #bytes) end)
  return written and text or nil
end

local function number_of(value)
  return (write(1e6, function(json) C.json_number(json, value) end))
end

describe("json", function()
  it("writes nanoseconds as it writes the seconds they are", function()
    local values = { 0, 1, 7, 999, 1000, 1001, 999999, 1e6, 1e9, 1e9 + 1, 1.5e9, 60e9, 123456789, 2 ^ 51 - 1, 2 ^ 51, 2 ^ 53 }
    math.randomseed(7)
    for i = 1, 20000 do values[#values + 1] = math.floor(10 ^ (math.random() * 15.9)) * (i % 3 == 0 and 1000 or 1) end
    for _, ns in ipairs(values) do
      assert.equal(number_of(ns / 1e9), (write(1e6, function(json) C.json_seconds(json, ns) end)))
    end
  end)

  it("puts commas between keys, values and elements, and nowhere else", function()
    local text = write(1e6, function(json)
      C.json_object_open(json)
      C.json_key(json, "a", 1)
      C.json_array_open(json)
      C.json_unsigned(json, 1)
      C.json_object_open(json)
      C.json_object_close(json)
      C.json_null(json)
      C.json_array_close(json)
      C.json_key(json, "b", 1)
      C.json_bool(json, true)
      C.json_key(json, "c", 1)
      C.json_base64(json, "\255", 1)
      C.json_field(json, "d", "text", 4)
      C.json_field(json, "d", "\255", 1)
      C.json_object_close(json)
    end)
    assert.equal('{"a":[1,{},null],"b":true,"c":"/w==","d":"text","d_base64":"/w=="}', text)
  end)

  it("escapes what must be, and nothing else", function()
    assert.equal([["\"\\/\b\t\n\f\r\u0000\u001f"]], string_of '"\\/\b\t\n\f\r\0\31')
    assert.equal('"\127\195\164\226\130\172\240\159\152\128"', string_of "\127\195\164\226\130\172\240\159\152\128")
    assert.equal([["\u2028\u2029]] .. '\226\128\167"', string_of "\226\128\168\226\128\169\226\128\167")
  end)

  it("escapes at every place of a long text", function()
    for length = 0, 20 do
      for _, special in ipairs { { '"', '\\"' }, { "\\", "\\\\" }, { "\1", "\\u0001" }, { "\195\164", "\195\164" } } do
        local before, after = ("a"):rep(length), (" "):rep(20 - length)
        assert.equal('"' .. before .. special[2] .. after .. '"', string_of(before .. special[1] .. after))
      end
      assert.is_nil(string_of(("a"):rep(length) .. "\128" .. ("b"):rep(9)))
    end
  end)

  it("writes names that are no UTF-8 byte by byte", function()
    local text = write(1e6, function(json) C.json_key(json, "a\255\195\164\195", 5) end)
    assert.equal('"a\\\\xff\195\164\\\\xc3":', text)
  end)

  it("writes integers without exponent and other numbers so that they read back the same", function()
    assert.equal("0", number_of(0))
    assert.equal("-42", number_of(-42))
    assert.equal("9007199254740992", number_of(2 ^ 53))
    assert.equal("-9007199254740992", number_of(-2 ^ 53))
    assert.equal("1732276780.123456", number_of(1732276780.123456))
    assert.equal("0.1", number_of(0.1))
    assert.equal("-2.5", number_of(-2.5))
    assert.equal("0.3", number_of(0.3))
    assert.equal("0.30000000000000004", number_of(0.1 + 0.2))
    assert.equal("0.000001", number_of(1e-6))
    assert.equal("1e+300", number_of(1e300))
    assert.equal("5e-324", number_of(5e-324):gsub("4.94065645841247e%-324", "5e-324"))
    assert.equal("null", number_of(0 / 0))
    assert.equal("null", number_of(math.huge))
    math.randomseed(7)
    for _ = 1, 20000 do
      local value = (math.random() - 0.5) * 10 ^ math.random(-12, 18)
      assert.equal(value, tonumber(number_of(value)))
      value = math.random(-1000000000, 1000000000) / 10 ^ math.random(0, 9)
      local text = number_of(value)
      assert.equal(value, tonumber(text))
      assert.is_true(#text <= #("%.15g"):format(value) or value % 1 == 0 or ("%.15g"):format(value):find "e", text)
    end
  end)

  it("never goes beyond its cap, and remembers that it wanted to", function()
    for cap = 0, 12 do
      local text, code = write(cap, function(json)
        C.json_array_open(json)
        C.json_string(json, "abc", 3)
        C.json_unsigned(json, 12345)
        C.json_array_close(json)
      end)
      assert.is_true(#text <= cap)
      assert.equal(C.ERR_FULL, code)
    end
    local text, code = write(13, function(json)
      C.json_array_open(json)
      C.json_string(json, "abc", 3)
      C.json_unsigned(json, 12345)
      C.json_array_close(json)
    end)
    assert.equal('["abc",12345]', text)
    assert.equal(0, code)
  end)
end)

describe("utf8", function()
  local function valid(bytes) return C.utf8_is_valid(bytes, #bytes) end

  -- The definition of RFC 3629 section 3, the other way round: every code point and how it is encoded.
  local function encode(code)
    if code < 0x80 then return string.char(code) end
    if code < 0x800 then return string.char(0xc0 + bit.rshift(code, 6), 0x80 + code % 64) end
    if code < 0x10000 then
      return string.char(0xe0 + bit.rshift(code, 12), 0x80 + bit.rshift(code, 6) % 64, 0x80 + code % 64)
    end
    return string.char(0xf0 + bit.rshift(code, 18), 0x80 + bit.rshift(code, 12) % 64, 0x80 + bit.rshift(code, 6) % 64,
      0x80 + code % 64)
  end

  it("takes every code point but surrogates", function()
    for code = 0, 0x110000 + 100, 7 do
      assert.equal(code <= 0x10ffff and not (code >= 0xd800 and code <= 0xdfff), valid(encode(code)), code)
    end
    for _, code in ipairs { 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff } do
      assert.is_true(valid(encode(code)))
    end
    for _, code in ipairs { 0xd800, 0xdfff, 0x110000 } do assert.is_false(valid(encode(code))) end
  end)

  it("refuses overlong, cut and stray bytes wherever they stand", function()
    local wrong = { "\192\128", "\193\191", "\224\128\128", "\224\159\191", "\240\128\128\128", "\240\143\191\191",
      "\128",
      "\195", "\226\130", "\240\159\152", "\195\195", "\245\128\128\128", "\255", "\254", "\226\130\65",
      "\244\144\128\128" }
    for _, bytes in ipairs(wrong) do
      for before = 0, 9 do
        assert.is_false(valid(("x"):rep(before) .. bytes))
        assert.is_false(valid(("x"):rep(before) .. bytes .. "yyyyyyyyy"))
      end
    end
    assert.is_true(valid "")
  end)
end)

describe("base64", function()
  local function encode(bytes)
    local length = tonumber(C.base64_encoded_length(#bytes))
    local out = ffi.new("char[?]", length + 1)
    C.base64_encode(bytes, #bytes, out)
    return ffi.string(out, length)
  end

  local function decode(text)
    local out, length = ffi.new("uint8_t[?]", #text + 1), ffi.new "size_t[1]"
    if C.base64_decode(text, #text, out, length) ~= 0 then return nil end
    return ffi.string(out, length[0])
  end

  it("encodes and decodes the examples of RFC 4648 section 10", function()
    local examples = { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=" }
    for plain, encoded in pairs(examples) do
      assert.equal(encoded, encode(plain))
      assert.equal(plain, decode(encoded))
    end
  end)

  it("gives back any bytes", function()
    local all = {}
    for byte = 0, 255 do all[#all + 1] = string.char(byte) end
    all = table.concat(all)
    for first = 1, 9 do assert.equal(all:sub(first), decode(encode(all:sub(first)))) end
  end)

  it("refuses anything but the one text that encodes the bytes", function()
    local wrong = { "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Z-_v", "Zg==Zg==",
      "Zm9v=", "Zm=v" }
    for _, text in ipairs(wrong) do assert.is_nil(decode(text), text) end
  end)
end)
