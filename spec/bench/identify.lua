-- Instructions the scanner's side spends per target, by valgrind's callgrind over spec/bench/identify.c.
-- Run from the project's root after make: luajit spec/bench/identify.lua
local identify = {}

local CORE = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
local DIRECTORY = CORE:match "^(.*)/" or "."
local PROGRAM = DIRECTORY .. "/identify"
local WARM_UP = 500   -- as in identify.c

-- mode -> targets: the more, the slower and the steadier.
identify.modes = { identify = 2000, distinct = 500, mix = 1000, syn = 3000, flood = 3000, answered = 1000 }

identify.order = { "identify", "distinct", "mix", "syn", "flood", "answered" }

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1"))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

function identify.build()
  local text = run("cc -D_GNU_SOURCE -std=gnu11 -Wall -Wextra -Werror -O2 -g -Iengine -o " .. PROGRAM
    .. " spec/bench/identify.c " .. CORE .. " $(pkg-config --libs luajit) -Wl,-rpath,'$ORIGIN' && echo built")
  assert(text:find "built\n$", text)
end

-- Whether instructions can be counted here: not without valgrind, and not with a sanitizer in the core.
function identify.is_possible()
  return not CORE:find "debug" and not os.getenv "LD_PRELOAD" and run "command -v valgrind" ~= ""
end

-- Begins to count: most of the time goes into loading the scripts, so all modes are begun before the first is asked for.
function identify.begin(mode)
  return assert(io.popen(("valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no "
    .. "--toggle-collect=scanner_turn %s %s %d 2>&1"):format(PROGRAM, mode, identify.modes[mode])))
end

-- Instructions per target, of what `begin` returned.
function identify.finish(mode, pipe)
  local text = pipe:read "*a"
  pipe:close()
  local count = assert(tonumber(text:match "Collected : (%d+)"), text)
  return count / (identify.modes[mode] + WARM_UP)
end

-- Bytes of Lua that each of so many targets takes which wait for their first answer.
function identify.open_bytes(policy, count)
  return tonumber(run(("%s open %d %s"):format(PROGRAM, count, policy)):match "open_lua_bytes (%-?%d+)")
end

if not arg or not (arg[0] or ""):find "identify%.lua$" then return identify end

identify.build()
for _, mode in ipairs(identify.order) do
  print(("%-10s %8.0f instructions per target"):format(mode, identify.finish(mode, identify.begin(mode))))
end
io.write(run(PROGRAM .. " identify 50000"), run(PROGRAM .. " distinct 50000"), run(PROGRAM .. " open 50000"),
  run(PROGRAM .. " syn 200000"), run(PROGRAM .. " flood 500000"), run(PROGRAM .. " answered 200000"))
