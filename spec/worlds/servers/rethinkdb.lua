-- A RethinkDB server's driver port (RethinkDB, "Writing RethinkDB drivers", "Performing a handshake"; V0_1 to V0_4 as it was).
local wire = require "sonde.wire"

local OPTIONS = { old = "true: knows no version 1.0", key = "the authorization key of old forms (none)" }

local V1_0 = 0x34c2bdc3
local OLD = { [0x3f61ba36] = 1, [0x723081e1] = 2, [0x5f75e83e] = 3, [0x400c2d20] = 4 }   -- V0_1 to V0_4
local JSON, KEY_MAX = 0x7e6970c7, 2048
local UNSUPPORTED = "Received an unsupported protocol version. This port is for RethinkDB queries. Does your client driver " ..
  "version not match the server?"
local VERSIONS = '{\n    "max_protocol_version": 0,\n    "min_protocol_version": 0,\n    "server_version": "2.3.0",\n' ..
  '    "success": true\n}'

local function refuse(conn, text)
  conn:send("ERROR: ", text, "\n\0")
end

-- A key with its length, from V0_3 on the form of queries; V0_1 says nothing where all is well.
local function serve_old(conn, minor, key)
  local length = wire.unpack("<I4", conn:receive(4))
  if length > KEY_MAX then return refuse(conn, "Client provided an authorization key that is too long.") end
  if conn:receive(length) ~= key then return refuse(conn, "Incorrect authorization key.") end
  if minor >= 3 and wire.unpack("<I4", conn:receive(4)) ~= JSON then return refuse(conn, "Unrecognized protocol specified") end
  if minor >= 2 then conn:send "SUCCESS\0" end
  conn:receive(1)
end

local function serve(conn, host)
  local magic = wire.unpack("<I4", conn:receive(4))
  if OLD[magic] then return serve_old(conn, OLD[magic], host.options.key or "") end
  if magic ~= V1_0 or host.options.old then return refuse(conn, UNSUPPORTED) end
  conn:send(VERSIONS, "\0")
  local message = conn:receive_until("%z", 4096)
  if not message:find '"protocol_version"%s*:%s*0[^%d]' or not message:find '"authentication_method"%s*:%s*"SCRAM%-SHA%-256"' then
    return conn:send('{"error":"Unsupported `protocol_version` or `authentication_method`","error_code":20,"success":false}\0')
  end
  conn:send('{"error":"Unknown user","error_code":17,"success":false}\0')
end

return { serve = serve, options = OPTIONS }
