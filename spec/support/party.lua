-- Builds and loads spec/support/party.c against the core under test, once per variant.
local _, ffi = require "spec.support.c" ("transport_raw", "link_pipe", "link_fault", "error")

local core = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
local directory = core:match "^(.*)/" or "."
local library = directory .. "/party.so"

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1 && echo done"))
  local text = pipe:read "*a"
  pipe:close()
  assert(text:match "done\n$", text)
end

-- Its header, without what it includes: that is declared already.
local function declarations()
  local lines = {}
  for line in io.lines "spec/support/party.h" do
    if not line:match "^#" then lines[#lines + 1] = line end
  end
  return table.concat(lines, "\n")
end

local sanitized = os.getenv "LD_PRELOAD" and "-fsanitize=address,undefined -fno-omit-frame-pointer " or ""
run("cc -D_GNU_SOURCE -std=gnu11 -Wall -Wextra -Werror -O2 -g -fPIC -shared " .. sanitized ..
  "-Iengine -Ispec/support -o " .. library .. " spec/support/party.c " .. core)
ffi.cdef(declarations())
return ffi.load(library:match "^/" and library or "./" .. library)
