-- The scripted peer (engine/lua/sonde/peer.lua) as specs use it: protocols by their names, and digests without a program.

-- Where busted runs there is no sonde.core; its digests and ciphers come straight from the library.
local CORE = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
for _, name in ipairs { "digest", "crypto" } do
  local module = "sonde." .. name
  package.preload[module] = package.preload[module] or function(...)
    return assert(package.loadlib(CORE, "lua_" .. name .. "_open"))(...)
  end
end

local peer = require "sonde.peer"

-- A protocol of this tree, or of another directory laid out like it.
local function load(name, root) return peer.load((root and root .. "/" or "") .. "protocols/" .. name .. ".lua") end

return setmetatable({ load = load }, { __index = peer })
