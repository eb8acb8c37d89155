local words = require "sonde.words"

describe("words", function()
  it("are listed up to a bound, and are nil where there are none", function()
    assert.same({ "a", "b=c" }, words.list("  a\tb=c ", 8))
    assert.same({ "a", "b" }, words.list("a b c", 2))
    assert.same({ "INVITE", "BYE" }, words.list("INVITE, BYE", 8, "[^%s,]+"))
    assert.is_nil(words.list(" ", 8))
    assert.is_nil(words.list("a", 0))
  end)

  it("are found whole, whatever their case", function()
    assert.is_true(words.have({ "SIZE", "StartTLS" }, "STARTTLS"))
    assert.is_true(words.have({ "1.2.3" }, "1.2.3"))
    assert.is_false(words.have({ "STARTTLS2" }, "STARTTLS"))
    assert.is_false(words.have(nil, "STARTTLS"))
  end)
end)
