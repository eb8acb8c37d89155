-- A Remote Desktop server (MS-RDPBCGR section 2.2.1): answers a connection request with what security it wants.

local wire = require "sonde.wire"

local CONNECTION_REQUEST, CONNECTION_CONFIRM = 0xe0, 0xd0
local NEGOTIATION_RESPONSE, NEGOTIATION_FAILURE = 2, 3
local CHOICES = { { 2, weight = 6 }, { 1, weight = 3 }, { 0, weight = 1 } } -- CredSSP, TLS, standard security

-- Section 2.2.1.2, with a negotiation where it was asked for; old servers confirm without one.
local function confirm(host, negotiates)
  if not negotiates or host:chance("old", 0.08) then
    return wire.pack(">B x I2 B B I2 I2 x", 3, 11, 6, CONNECTION_CONFIRM, 0, 0x1234)
  end
  local head = wire.pack(">B x I2 B B I2 I2 x", 3, 19, 14, CONNECTION_CONFIRM, 0, 0x1234)
  if host:chance("strict", 0.1) then return head .. wire.pack("<B B I2 I4", NEGOTIATION_FAILURE, 0, 8, 5) end
  return head .. wire.pack("<B B I2 I4", NEGOTIATION_RESPONSE, host:choose("flags", { 0x1f, 0x0f, 0 }), 8,
    host:choose("security", CHOICES))
end

local function serve(conn, host)
  local version, length = wire.unpack(">B x I2", conn:receive(4))
  if version ~= 3 or length < 11 or length > 512 then return "reset" end
  local request = conn:receive(length - 4)
  if request:byte(2) ~= CONNECTION_REQUEST then return "reset" end
  conn:send(confirm(host, request:byte(-8) == 1))
  conn:receive_some()
end

-- A ClientHello at once, without the request before it: the TLS underneath answers for itself.
local function handshake_failure(conn)
  conn:send "\21\3\3\0\2\2\40"
end

-- Chances a world may set.
local OPTIONS = { old = "share that negotiates nothing", strict = "share that refuses without CredSSP" }

return { serve = serve, complain = { tls = handshake_failure }, options = OPTIONS }
