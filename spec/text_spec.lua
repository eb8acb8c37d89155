local text = require "sonde.text"

describe("text", function()
  it("of UTF-16 becomes UTF-8", function()
    assert.equal("für €\240\159\152\128", text.utf16 "f\0\252\0r\0 \0\172\32\61\216\0\222")
    assert.equal("", text.utf16 "")
  end)

  it("of UTF-16 that is none has U+FFFD for every half of a pair, and loses a last odd byte", function()
    local wrong = "\239\191\189"
    assert.equal(wrong .. "a", text.utf16 "\61\216a\0")
    assert.equal(wrong .. wrong, text.utf16 "\0\222\61\216")
    assert.equal(wrong .. "\239\189\129", text.utf16 "\61\216\65\255")
    assert.equal("a", text.utf16 "a\0b")
    assert.equal("", text.utf16 "a")
  end)

  it("of JSON has every escape that there is", function()
    assert.equal('a"\\/\b\f\n\r\té€\240\159\152\128A', text.json([[a"]], 1)
      .. text.json([[\"\\\/\b\f\n\r\t\u00e9\u20AC\uD83d\uDe00\u0041"]], 1))
    assert.equal("\239\191\189!\239\191\189", text.json([[\ud83d!\uDC00"]], 1))
  end)

  it("of JSON that does not end is none", function()
    for _, json in ipairs { "abc", [[abc\]], [[abc\"]], [[\u00"]], "" } do
      local found = text.json(json, 1)
      assert.equal(json == [[\u00"]] and "u00" or nil, found)
    end
  end)

  it("of a member of JSON is found at any depth, blanks or none", function()
    assert.equal("1", text.member('{"a":{"version" : "1"},"version":"2"}', "version"))
    assert.equal('say "no"', text.member([[{ "x":1,"said": "say \"no\"" }]], "said"))
    assert.is_nil(text.member('{"version":1}', "version"))
    assert.is_nil(text.member('{"version":"1', "version"))
  end)
end)
