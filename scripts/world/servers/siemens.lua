-- A Siemens S7 controller (RFC 1006, ISO 8073): opens the transport, and S7comm on it.

local wire = require "sonde.wire"

local CONNECTION_REQUEST, CONNECTION_CONFIRM, DATA = 0xe0, 0xd0, 0xf0
local CALLING, CALLED, SIZE = 0xc1, 0xc2, 0xc0

local function tpkt(body)
  return wire.pack(">B x I2", 3, #body + 4) .. body
end

-- Repeats the TSAPs it was called with, and limits the size.
local function confirm(host, request)
  local parameters = wire.pack("B s1", SIZE, string.char(host:choose("size", { 9, 10, 10, 10 })))
  local at = 8
  while at + 1 < #request do
    local code, value
    code, value, at = wire.unpack("B s1", request, at)
    if code == CALLING or code == CALLED then parameters = parameters .. wire.pack("B s1", code, value) end
  end
  return tpkt(wire.pack(">s1", wire.pack(">B c2 I2 x", CONNECTION_CONFIRM, request:sub(5, 6), host:number("reference", 1, 9))
    .. parameters))
end

local function setup(host, request)
  local reference = request:sub(8, 9)
  if #reference < 2 then reference = "\0\0" end
  return tpkt(wire.pack(">B B B B B x2 c2 I2 I2 x2", 2, DATA, 0x80, 0x32, 3, reference, 8, 0)
    .. wire.pack(">B x I2 I2 I2", 0xf0, 1, 1, host:choose("length", { 240, 480 })))
end

local function serve(conn, host)
  for _ = 1, 6 do
    local version, length = wire.unpack(">B x I2", conn:receive(4))
    if version ~= 3 or length < 7 or length > 1024 then return end
    local request = conn:receive(length - 4)
    local code = request:byte(2)
    if code == CONNECTION_REQUEST and #request >= 7 then
      conn:send(confirm(host, request))
    elseif code == DATA then
      conn:send(setup(host, request))
    else
      return
    end
  end
end

return { serve = serve }
