-- Builds and loads spec/support/tls_server.c: a TLS server in memory.
local _, ffi = require "spec.support.c" ("tls")

local SOURCE = "spec/support/tls_server"

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1 && echo done"))
  local text = pipe:read "*a"
  pipe:close()
  assert(text:match "done\n$", text)
end

local function declarations()
  local lines = {}
  for line in io.lines(SOURCE .. ".h") do
    if not line:match "^#" then lines[#lines + 1] = line end
  end
  return table.concat(lines, "\n")
end

local library = "build/spec/tls_server.so"
run "mkdir -p build/spec"
run("cc -D_GNU_SOURCE -Ispec/support -shared -fPIC -o " .. library .. " " .. SOURCE .. ".c -lssl -lcrypto")
ffi.cdef(declarations())
return ffi.load("./" .. library)
