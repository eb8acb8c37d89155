-- Builds a C file of spec/support as a library, and loads it through the FFI.

local function run(command)
  local pipe = assert(io.popen(command .. " 2>&1 && echo done"))
  local text = pipe:read "*a"
  pipe:close()
  assert(text:match "done\n$", text)
end

-- Its header, without what that includes: what it includes must be declared already.
local function declarations(path)
  local lines = {}
  for line in io.lines(path) do
    if not line:match "^#" then lines[#lines + 1] = line end
  end
  return table.concat(lines, "\n")
end

-- Never unmapped, though busted lets go of the library after each file: the finalizers of what it made may run later.
local CC = "cc -D_GNU_SOURCE -std=gnu11 -Wall -Wextra -Werror -g -Iengine -Ispec/support -shared -fPIC -Wl,-z,nodelete"

-- ffi: with the types its header needs; directory: where the library goes; more: flags and further files for the compiler.
return function(ffi, name, directory, more)
  local source, library = "spec/support/" .. name, directory .. "/" .. name .. ".so"
  run("mkdir -p " .. directory)
  run(("%s -o %s %s.c %s"):format(CC, library, source, more or ""))
  ffi.cdef(declarations(source .. ".h"))
  return ffi.load(library:match "^/" and library or "./" .. library)
end
