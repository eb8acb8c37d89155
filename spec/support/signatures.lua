-- The project's own signature files, compiled; one set for the whole run.
local signature = require "sonde.signature"

local names, sources = {}, {}
local listing = assert(io.popen "ls signatures/*.lua")
for name in listing:lines() do names[#names + 1] = name end
listing:close()
for _, name in ipairs(names) do
  local file = assert(io.open(name, "rb"))
  sources[#sources + 1] = { name = name, text = file:read "*a" }
  file:close()
end

return { sources = sources, set = assert(signature.compile(sources)) }
