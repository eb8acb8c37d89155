-- Inside a namespace made by workers_spec: a scan by the core, with what no option of the program sets, in which one of two
-- workers is stopped for good. Prints what is known at the end, as JSON.
--   luajit spec/lab/workers_core.lua go|stop OUTPUT SILENCE      (stop: the scan is stopped as well; SILENCE in seconds)
package.path = "./engine/lua/?.lua;" .. package.path

local cjson = require "cjson"
local ffi = require "ffi"

ffi.cdef "int kill(int, int); int getpid(void);"

local SIGSTOP = 19
local CORE = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
local how, output, silence = arg[1], arg[2], tonumber(arg[3])
local core = assert(package.loadlib(CORE, "luaopen_sonde_core"))()

local function first_child()
  local file = assert(io.open(("/proc/self/task/%d/children"):format(ffi.C.getpid())))
  local child = file:read "*n"
  file:close()
  return child
end

local function check(value, why)
  if not value then error(why, 0) end
  return value
end

local scan = check(core.scan {
  root = ".", targets = { "198.18.0.0/21" }, ports = "80", transport = "raw", link = "ring", workers = "2", rate = "4k",
  cooldown = "100ms", policy = "wait-first", output = output, no_default_blocklist = true, silence = silence,
})
local stopped
repeat
  local state = check(scan:step(0.02))
  if not stopped and scan:progress().records > 100 then
    stopped = ffi.C.kill(first_child(), SIGSTOP) == 0
    if how == "stop" then scan:stop() end
  end
until state == "done"
assert(stopped)
scan:finish()
local found = { notes = scan:notes(), counters = scan:counters() }
check(scan:close(false))
io.stdout:write(cjson.encode(found), "\n")
