-- An SMB server (MS-SMB2 section 2.2.4, MS-CIFS section 2.2.4.52): its answer to a negotiation.

local wire = require "sonde.wire"

local DIALECTS = { { 0x311, weight = 5 }, { 0x302, weight = 3 }, { 0x210, weight = 3 }, { 0x300, weight = 1 } }

local function message(body)
  return wire.pack(">B s3", 0, body)
end

local function negotiate_2(conn, host, message_id)
  local header = wire.pack("<c4 I2 I2 I4 I2 I2 I4 I4 I8 I4 I4 I8 x16", "\254SMB", 64, 0, 0, 0, 1, 1, 0, message_id, 0, 0, 0)
  local body = wire.pack("<I2 I2 I2 I2 c16 I4 I4 I4 I4 x8 x8 I2 I2 I4", 65, host:choose("signing", { 1, 3 }),
    host:choose("dialect", DIALECTS), 0, host:bytes("guid", 16), 0x2f, 8388608, 8388608, 8388608, 128, 0, 0)
  conn:send(message(header .. body))
end

local function negotiate_1(conn)
  local header = wire.pack("<c4 B I4 B I2 x12 I2 I2 I2 I2", "\255SMB", 0x72, 0, 0x88, 0xc853, 0xffff, 0xfeff, 0, 0)
  conn:send(message(header .. wire.pack("<B I2 B I2 I2 I4 I4 I4 I4 I8 I2 B I2", 17, 0, 3, 50, 1, 16644, 65536, 0, 0x8000f3fd,
    0, 0, 8, 0)))
end

local function serve(conn, host)
  for _ = 1, 4 do
    local kind, length = wire.unpack(">B I3", conn:receive(4))
    if kind ~= 0 or length < 32 or length > 65536 then return "reset" end
    local body = conn:receive(length)
    if body:find("^\254SMB") and #body >= 64 then
      negotiate_2(conn, host, body:byte(25))
    elseif body:find("^\255SMBr") and body:find("SMB 2.", 1, true) and not host:chance("old", 0.15) then
      negotiate_2(conn, host, 0)
    elseif body:find("^\255SMBr") and host:chance("old", 0.15) then
      negotiate_1(conn)
    else
      return "reset"
    end
  end
end

-- Chances a world may set.
local OPTIONS = { old = "share that speaks version 1 only" }

return { serve = serve, options = OPTIONS }
