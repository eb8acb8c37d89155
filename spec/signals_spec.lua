local C, ffi = require "spec.support.c" ("error", "signals")

ffi.cdef [[
int raise(int number);
void (*signal(int number, void (*handler)(int)))(int);
]]

local SIGHUP, SIGINT, SIGPIPE, SIGTERM = 1, 2, 13, 15
local IGNORE = ffi.cast("void (*)(int)", 1)

describe("signals", function()
  local before = {}

  before_each(function()
    for _, number in ipairs { SIGHUP, SIGINT, SIGPIPE, SIGTERM } do before[number] = ffi.C.signal(number, IGNORE) end
    assert.equal(0, C.signals_install(nil))
  end)

  after_each(function()
    for number, handler in pairs(before) do ffi.C.signal(number, handler) end
  end)

  it("counts what asks the program to end", function()
    assert.equal(0, C.signals_count())
    ffi.C.raise(SIGINT)
    assert.equal(1, C.signals_count())
    ffi.C.raise(SIGTERM)
    ffi.C.raise(SIGHUP)
    assert.equal(3, C.signals_count())
  end)

  it("survives a broken pipe without counting it", function()
    ffi.C.raise(SIGPIPE)
    assert.equal(0, C.signals_count())
  end)

  it("starts anew when installed again", function()
    ffi.C.raise(SIGINT)
    assert.equal(0, C.signals_install(nil))
    assert.equal(0, C.signals_count())
  end)
end)
