local C, ffi = require "spec.support.c" ("error")

describe("error", function()
  it("has a text for every code", function()
    assert.equal("no error", ffi.string(C.error_text(0)))
    assert.equal("out of memory", ffi.string(C.error_text(C.ERR_NO_MEMORY)))
    assert.equal("unknown error", ffi.string(C.error_text(-9999)))
  end)

  it("formats a sentence and returns the code", function()
    local why = ffi.new "struct error"
    assert.equal(C.ERR_INVALID, C.error_set(why, C.ERR_INVALID, "port %d is too large", ffi.cast("int", 70000)))
    assert.equal("port 70000 is too large", ffi.string(why.text))
  end)

  it("cuts a sentence that is too long", function()
    local why = ffi.new "struct error"
    C.error_set(why, C.ERR_INVALID, "%s", ("x"):rep(1000))
    assert.equal(319, #ffi.string(why.text))
  end)
end)
