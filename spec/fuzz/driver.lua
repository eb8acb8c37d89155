-- Runs cases of one part (handshakes, signatures, noise, engine) and watches each: errors, CPU time, memory. A case is
-- told apart by seed and number alone, so that it can be run again by itself.
--
--   local result = driver.run("handshakes", run_case, { seed = 1, from = 1, count = 1000 })
--   result.failures   list of sentences;  .count, .seconds (CPU);  .slowest, .largest = { value, index, what }
local ffi = require "ffi"
local generator = require "spec.fuzz.random"

local SECONDS_MAX = 1.0                  -- CPU time of one case
local ALLOCATED_MAX = 64 * 1024          -- KiB that one case may allocate in all: what a script may hold (engine/script.h)
local GARBAGE_MAX = 64 * 1024            -- KiB of garbage at which it is collected, between two cases
local FAILURES_MAX = 10                  -- then a part ends
local FOLDER = "build/fuzz"
local NOTE_SIZE = 128 * 1024             -- bytes of the file that survives a crash


ffi.cdef [[
  int open(const char *path, int flags, ...);
  int ftruncate(int fd, long length);
  void *mmap(void *address, size_t length, int protection, int flags, int fd, long offset);
  int munmap(void *address, size_t length);
  int close(int fd);
]]

local driver = { FOLDER = FOLDER }

-- A file kept in memory, which the kernel writes whatever becomes of this process: the case that is being run.
local function open_note(name)
  os.execute("mkdir -p " .. FOLDER)
  local file = assert(io.open(("%s/%s.current"):format(FOLDER, name), "wb"))
  file:close()
  local READ_WRITE, PROTECTION, SHARED = 2, 3, 1
  local fd = ffi.C.open(("%s/%s.current"):format(FOLDER, name), READ_WRITE)
  assert(fd >= 0 and ffi.C.ftruncate(fd, NOTE_SIZE) == 0, "cannot write to " .. FOLDER)
  local memory = ffi.C.mmap(nil, NOTE_SIZE, PROTECTION, SHARED, fd, 0)
  ffi.C.close(fd)
  return ffi.cast("char *", memory)
end

-- Keeps what a failing case was given. Returns the file's name.
local function keep(name, seed, index, bytes)
  local path = ("%s/%s-%d-%d.bin"):format(FOLDER, name, seed, index)
  local file = io.open(path, "wb")
  if file then
    file:write(bytes)
    file:close()
  end
  return path
end

local function worse(old, value, index, what)
  if value > old.value then return { value = value, index = index, what = what } end
  return old
end

function driver.run(name, run_case, options)
  local note = open_note(name)
  local result = {
    failures = {}, count = 0, slowest = { value = 0, index = 0, what = "" }, largest = { value = 0, index = 0, what = "" },
  }
  local what, bytes, index = "", "", 0
  local function remember(kind, input)
    what, bytes = kind, input
    local text = ("part %s, seed %d, case %d: %s\n%s\n"):format(name, options.seed, index, kind, input)
    ffi.copy(note, text, math.min(#text + 1, NOTE_SIZE))
  end
  local function fail(why)
    local path = keep(name, options.seed, index, bytes)
    result.failures[#result.failures + 1] = ("%s, case %d (%s): %s\n  make fuzz PART=%s SEED=%d FROM=%d COUNT=1; its bytes: %s")
      :format(name, index, what, tostring(why), name, options.seed, index, path)
  end
  collectgarbage "collect"
  collectgarbage "stop"
  local base, began = collectgarbage "count", os.clock()
  local kilobytes, clock = base, began
  for number = options.from, options.from + options.count - 1 do
    index = number
    local ok, why = pcall(run_case, generator(options.seed, index), index, remember)
    local kilobytes_after, clock_after = collectgarbage "count", os.clock()
    result.slowest = worse(result.slowest, clock_after - clock, index, what)
    result.largest = worse(result.largest, kilobytes_after - kilobytes, index, what)
    if not ok then fail(why) end
    if clock_after - clock > SECONDS_MAX then fail(("took %.1f s"):format(clock_after - clock)) end
    if kilobytes_after - kilobytes > ALLOCATED_MAX then fail(("allocated %d KiB"):format(kilobytes_after - kilobytes)) end
    result.count = result.count + 1
    if #result.failures >= FAILURES_MAX then break end
    if kilobytes_after - base > GARBAGE_MAX then
      collectgarbage "collect"
      collectgarbage "stop"
    end
    kilobytes, clock = collectgarbage "count", os.clock()
  end
  collectgarbage "restart"
  result.seconds = os.clock() - began
  ffi.C.munmap(note, NOTE_SIZE)
  os.remove(("%s/%s.current"):format(FOLDER, name))
  return result
end

return driver
