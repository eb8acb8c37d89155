-- A VNC server (RFC 6143): its version first, then the security types it offers.

local wire = require "sonde.wire"

local VERSIONS = {
  { "003.008", weight = 20 }, { "003.003", weight = 4 }, { "003.007", weight = 2 }, { "003.889", weight = 3 },
  { "004.001", weight = 3 }, { "005.000", weight = 2 },
}

local TYPES = {
  { "\2", weight = 8 }, { "\2\16", weight = 4 }, { "\1", weight = 2 }, { "\18\2", weight = 1 },
  { "\30\33\36\35", weight = 2 }, { "\5\6", weight = 1 },
}

local function refuse(conn, text)
  conn:send("\0", wire.pack(">s4", text))
end

local function serve(conn, host)
  local version = host:choose("version", VERSIONS)
  conn:send("RFB ", version, "\n")
  local major, minor = conn:receive(12):match "^RFB (%d%d%d)%.(%d%d%d)\n$"
  if not major then return end
  if host:chance("locked_out", 0.15) then return refuse(conn, "Too many security failures") end
  if version == "003.003" or tonumber(minor) < 7 then
    conn:send(wire.pack(">I4", 2)) -- the server decides: VNC authentication
    conn:send(conn:random(16))
  else
    conn:send(wire.pack("s1", host:choose("types", TYPES)))
  end
  conn:receive_some()
  refuse(conn, "Authentication failed")
end

-- Chances a world may set.
local OPTIONS = {
  locked_out = "share that has had too many wrong passwords",
}

return { serve = serve, options = OPTIONS }
