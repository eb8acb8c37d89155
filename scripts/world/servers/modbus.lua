-- A Modbus TCP device (Modbus Application Protocol 1.1b3): identifies itself, or says what it cannot do.

local wire = require "sonde.wire"

local READ_DEVICE_IDENTIFICATION, ILLEGAL_FUNCTION = 0x2b, 1
local DEVICES = {
  { weight = 4, vendor = "Schneider Electric", code = "BMX P34 2020", revision = "v2.9" },
  { weight = 3, vendor = "Schneider Electric", code = "TM221CE24T", revision = "V1.6" },
  { weight = 1, vendor = "ABB", code = "PM554", revision = "2.4" },
  { weight = 1, vendor = "WAGO", code = "750-881", revision = "01.08.26" },
  { weight = 1, vendor = "Example Controls", code = "EC-100", revision = "1.0" },
}

local function identification(host)
  local device = host:choose("device", DEVICES)
  local objects = wire.pack("B s1 B s1 B s1", 0, device.vendor, 1, device.code, 2, device.revision)
  return wire.pack("B B B B B B B", READ_DEVICE_IDENTIFICATION, 14, 1, 1, 0, 0, 3) .. objects
end

local function serve(conn, host)
  for _ = 1, 16 do
    local transaction, protocol, length = wire.unpack(">I2 I2 I2", conn:receive(6))
    if protocol ~= 0 or length < 2 or length > 254 then return end
    local unit, code = wire.unpack("B B", conn:receive(length))
    local body
    if code == READ_DEVICE_IDENTIFICATION and host:chance("identifies", 0.6) then
      body = identification(host)
    else
      body = string.char((code % 128) + 128, ILLEGAL_FUNCTION)
    end
    conn:send(wire.pack(">I2 I2 I2 B", transaction, 0, #body + 1, unit), body)
  end
end

-- Chances a world may set.
local OPTIONS = { identifies = "share that tells what it is" }

return { serve = serve, options = OPTIONS }
