-- A Microsoft SQL Server (MS-TDS section 2.2.6.5): its answer to PRELOGIN.

local wire = require "sonde.wire"

local PRELOGIN, RESPONSE = 18, 4
local VERSIONS = {
  { weight = 1, major = 8, minor = 0, build = 2039 }, { weight = 2, major = 9, minor = 0, build = 5000 },
  { weight = 5, major = 10, minor = 50, build = 6000 }, { weight = 4, major = 11, minor = 0, build = 7001 },
  { weight = 4, major = 12, minor = 0, build = 6329 }, { weight = 4, major = 13, minor = 0, build = 5026 },
  { weight = 4, major = 14, minor = 0, build = 2027 }, { weight = 5, major = 15, minor = 0, build = 4153 },
  { weight = 2, major = 16, minor = 0, build = 1000 },
}

local function serve(conn, host)
  local kind, _, length = wire.unpack(">B B I2", conn:receive(4))
  if kind ~= PRELOGIN or length < 8 or length > 4096 then return "reset" end
  conn:receive(length - 4)
  local version = host:choose("version", VERSIONS)
  -- Options by offset and length, then what they hold: version, encryption, instance, thread, MARS.
  local body = wire.pack(">B I2 I2 B I2 I2 B I2 I2 B I2 I2 B I2 I2 B", 0, 26, 6, 1, 32, 1, 2, 33, 1, 3, 34, 0, 4, 34, 1, 255)
    .. wire.pack(">B B I2 I2 B B B", version.major, version.minor, version.build, 0, host:choose("encryption", { 0, 1, 2 }), 0, 0)
  conn:send(wire.pack(">B B I2 I2 B x", RESPONSE, 1, #body + 8, 0, 1), body)
  conn:receive_some()
end

return { serve = serve }
