local ffi = require "ffi"

pcall(ffi.cdef, "typedef struct lua_State lua_State;") -- named by headers; other specs may have declared it
local C = require "spec.support.c" ("error", "results", "signals")

ffi.cdef [[
int mkfifo(const char *path, unsigned mode);
int open(const char *path, int flags, ...);
int close(int descriptor);
int raise(int number);
void (*signal(int number, void (*handler)(int)))(int);
]]

local SIGINT, SIGHUP, SIGPIPE, SIGTERM = 2, 1, 13, 15
local O_RDWR = 2
local LINE_BYTES = 8 * 1024 * 1024
-- One more, for the text's final zero, which is copied too.
local LINE = ffi.new("char[?]", LINE_BYTES + 1, ("x"):rep(LINE_BYTES - 1) .. "\n")

local function open(options)
  local out, why, given = ffi.new "struct results *[1]", ffi.new "struct error", ffi.new "struct scan_options"
  given.output, given.record = options.output, options.record
  assert(C.results_open(out, given, 1, why) == 0, ffi.string(why.text))
  return out[0]
end

local function record(results)
  local why = ffi.new "struct error"
  return C.results_record(results, LINE, LINE_BYTES, why), ffi.string(why.text)
end

describe("results", function()
  local fifo

  before_each(function()
    fifo = os.tmpname()
    os.remove(fifo)
    assert.equal(0, ffi.C.mkfifo(fifo, 384))
  end)
  after_each(function() os.remove(fifo) end)

  it("lose nothing to a reader who is slow at first, however much that is", function()
    local count = 24 -- half as much again as may be unwritten
    -- Byte by byte; and without the sanitizers that a run of the specs may load into everything.
    local reader = io.popen(("export LD_PRELOAD=; (dd bs=1 count=300000 2>/dev/null; cat) < %s | wc -c"):format(fifo))
    local results = open { output = fifo }
    local taken = 0
    while taken < count and record(results) == 0 do taken = taken + 1 end
    assert.equal(0, C.results_close(results, false, nil))
    assert.same({ count, count * LINE_BYTES }, { taken, tonumber(reader:read "*a") })
    reader:close()
  end)

  -- With a reader that reads nothing: lines until one finds no room, and what is said then.
  local function until_refused(results)
    for count = 0, 100 do
      local code, why = record(results)
      if code ~= 0 then return count, code, why end
    end
  end

  local function with_no_reader(use)
    local nobody = ffi.C.open(fifo, O_RDWR)
    local results = open { output = fifo }
    local ok, why = pcall(use, results)
    assert.equal(C.ERR_TIMEOUT, C.results_close(results, true, nil))
    ffi.C.close(nobody)
    assert(ok, why)
  end

  it("wait for nobody when the scan ends: what finds no room is refused, and a sentence says so", function()
    with_no_reader(function(results)
      C.results_end(results)
      local count, code, why = until_refused(results)
      assert.is_true(count == 15 or count == 16, tostring(count)) -- of sixteen; the fifo takes a little of it
      assert.equal(C.ERR_FULL, code)
      assert.matches("^a record could not be written: ", why)
    end)
  end)

  it("wait for nobody when the scan was interrupted twice", function()
    local before = {}
    for _, number in ipairs { SIGHUP, SIGINT, SIGPIPE, SIGTERM } do before[number] = ffi.C.signal(number, nil) end
    C.signals_install(nil)
    ffi.C.raise(SIGINT)
    ffi.C.raise(SIGINT)
    with_no_reader(function(results) assert.equal(C.ERR_FULL, select(2, until_refused(results))) end)
    C.signals_install(nil) -- counts from 0 again
    for number, handler in pairs(before) do ffi.C.signal(number, handler) end
  end)
end)
