-- A management controller that speaks RMCP on TCP 623 (ASF 2.0, IPMI 2.0 section 13): presence and authentication.

local wire = require "sonde.wire"

local ASF, IPMI, PRESENCE_PONG = 6, 7, 0x40
local ENTERPRISES = { { 4542, weight = 5 }, { 11, weight = 2 }, { 674, weight = 2 }, { 10876, weight = 3 } }

local function pong(host, tag)
  return wire.pack(">B B B B I4 B B x B I4 I4 B B x6", 6, 0, 0xff, ASF, 4542, PRESENCE_PONG, tag, 16,
    host:choose("enterprise", ENTERPRISES), 0, 0x81, 0)
end

-- Get Channel Authentication Capabilities: who may log in, and how.
local function capabilities(host)
  local body = wire.pack("B B B B B B B B B x4", 0x1c, 0x63, 0x20, 0, 0x38, 0, 1, host:choose("kinds", { 0x15, 0x95, 0x84 }),
    host:choose("status", { 4, 6, 20 }))
  return wire.pack(">B B B B B I4 I4 B", 6, 0, 0xff, IPMI, 0, 0, 0, #body + 3) .. "\129" .. body .. "\0\0"
end

local function serve(conn, host)
  for _ = 1, 8 do
    local version, _, _, class = wire.unpack("B B B B", conn:receive(4))
    if version ~= 6 then return end
    if class == ASF then
      local _, _, tag, _, length = wire.unpack(">I4 B B B B", conn:receive(8))
      conn:receive(length)
      conn:send(pong(host, tag))
    else
      conn:receive_some()
      conn:send(capabilities(host))
    end
  end
end

local function complain(conn, host)
  conn:send(pong(host, 0))
end

return { serve = serve, complain = { tls = complain, newlines = complain, get = complain } }
