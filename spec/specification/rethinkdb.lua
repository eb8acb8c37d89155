-- What is true of the servers in spec/worlds/servers/rethinkdb.lua.
local hex = require "spec.support.hex"

local V1_0, V0_4, JSON = hex "C3 BD C2 34", hex "20 2D 0C 40", hex "C7 70 69 7E"
local VERSIONS = '{\n    "max_protocol_version": 0,\n    "min_protocol_version": 0,\n    "server_version": "2.3.0",\n' ..
  '    "success": true\n}\0'
local SORRY = "Received an unsupported protocol version. This port is for RethinkDB queries. Does your client driver version " ..
  "not match the server?"
local ways = { http = "rethinkdb", tls = "rethinkdb", newlines = "rethinkdb" }

return {
  specification = '"Writing RethinkDB drivers"',
  hosts = {
    { fields = { version = "2.3.0", protocol_min = 0, protocol_max = 0 }, ways = ways },
    { fields = { error = SORRY }, ways = ways },
  },
  asks = {
    { "a user that it does not know", V1_0 .. '{"protocol_version":0,"authentication_method":"SCRAM-SHA-256",' ..
      '"authentication":"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"}\0',
      VERSIONS .. '{"error":"Unknown user","error_code":17,"success":false}\0', "closed" },
    { "the older form, V0_4", V0_4 .. hex "00 00 00 00" .. JSON, "SUCCESS\0", host = 2 },
    { "the older form with a key", V0_4 .. hex "03 00 00 00" .. "abc", "ERROR: Incorrect authorization key.\n\0", "closed",
      host = 2 },
    { "the version of today, which it does not know", V1_0, "ERROR: " .. SORRY .. "\n\0", "closed", host = 2 },
  },
  strict = {
    { "the magic number of version 1.0", V1_0, VERSIONS },
    { "an older handshake", V0_4 .. hex "00 00 00 00" .. JSON, "SUCCESS\0", host = 2 },
  },
}
