-- Gives specs the C core through LuaJIT's FFI: the project's own headers, preprocessed, are the declarations.
--
--   local C = require "spec.support.c" ("packet", "timer")   -- the headers to declare, without ".h"
--   C.packet_checksum_finish(0)
--
-- Headers may use only fixed-width integers, size_t and bool from the system's headers.
local ffi = require "ffi"

-- In the registry, because busted loads this module anew for every spec file while declarations stay.
local registry = debug.getregistry()
local declared = registry["sonde.declared"] or {}
registry["sonde.declared"] = declared
local library = ffi.load(os.getenv "SONDE_CORE" or "build/release/sonde_core.so")

-- The declarations of one header, in pieces no larger than a header each, system headers left out.
local function preprocess(name)
  local command = "cc -E -nostdinc -I spec/support/include -Iengine '-D__attribute__(x)=' engine/" .. name .. ".h"
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

-- Declares each header once for the whole run, whichever spec asks first: pieces are told apart by their line markers.
local function declare(name)
  local file, seen, pieces = nil, {}, {}
  for line in preprocess(name):gmatch "[^\n]+" do
    local marker = line:match '^# %d+ "([^"]+)"'
    if marker then
      file = marker
    elseif file and file:match "engine/" and not declared[file] then
      pieces[#pieces + 1] = line
      seen[file] = true
    end
  end
  ffi.cdef(table.concat(pieces, "\n"))
  for header in pairs(seen) do declared[header] = true end
end

return function(...)
  for _, name in ipairs { ... } do
    if not declared["engine/" .. name .. ".h"] then declare(name) end
  end
  return library, ffi
end
