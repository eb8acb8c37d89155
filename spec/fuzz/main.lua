-- One part of the fuzz from the command line: luajit spec/fuzz/main.lua PART SEED FROM COUNT. Exits with 1 on a failure.
package.path = "engine/lua/?.lua;./?.lua;" .. package.path
local ffi = require "ffi"

local WATCH_SECONDS = 300   -- a part that says nothing for so long hangs where no hook reaches
local STEP = 100000         -- cases between two signs of life

ffi.cdef "unsigned alarm(unsigned seconds);"
require "spec.support.peer"
local parts = require "spec.fuzz.parts"

local name, seed, from, count = arg[1], tonumber(arg[2]), tonumber(arg[3]), tonumber(arg[4])
local run = parts[name]
if not (run and seed and from and count) then
  io.stderr:write "usage: luajit spec/fuzz/main.lua handshakes|signatures|noise|engine SEED FROM COUNT\n"
  os.exit(2)
end

ffi.C.alarm(WATCH_SECONDS + count / STEP * WATCH_SECONDS)
local result = run { seed = seed, from = from, count = count }
ffi.C.alarm(0)
for _, failure in ipairs(result.failures) do print("FAILED  " .. failure) end
local LINE = "%-10s  %d cases, %d failed; %d a second; slowest %.3f s of CPU (case %d, %s); most memory %d KiB (case %d, %s)"
print(LINE:format(name, result.count, #result.failures, result.count / result.seconds, result.slowest.value, result.slowest.index,
  result.slowest.what, result.largest.value, result.largest.index, result.largest.what))
os.exit(#result.failures == 0 and 0 or 1, true)
