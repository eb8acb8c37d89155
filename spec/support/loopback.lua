-- Builds and loads spec/support/loopback.c: servers on loopback, and a recording transport handler.
local _, ffi = require "spec.support.c" ("transport")

local SOURCE = "spec/support/loopback"

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1 && echo done"))
  local text = pipe:read "*a"
  pipe:close()
  assert(text:match "done\n$", text)
end

-- Its header, without what it includes: the transport's is declared already.
local function declarations()
  local lines = {}
  for line in io.lines(SOURCE .. ".h") do
    if not line:match "^#" then lines[#lines + 1] = line end
  end
  return table.concat(lines, "\n")
end

local library = "build/spec/loopback.so"
run "mkdir -p build/spec"
run("cc -D_GNU_SOURCE -Iengine -Ispec/support -shared -fPIC -o " .. library .. " " .. SOURCE .. ".c")
ffi.cdef(declarations())
local loaded = ffi.load("./" .. library)
loaded.ignore_sigpipe()
return loaded
