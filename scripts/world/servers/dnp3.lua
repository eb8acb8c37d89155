-- A DNP3 outstation (IEEE 1815 section 9.2): answers a request for the link's status.

local wire = require "sonde.wire"

local LINK_STATUS, ACK = 0x0b, 0x00

-- CRC of a block: polynomial 0x3d65, bits reversed, complemented (section 9.2.5.2).
local function crc(block)
  local sum = 0
  for i = 1, #block do
    sum = bit.bxor(sum, block:byte(i))
    for _ = 1, 8 do
      sum = bit.band(sum, 1) == 1 and bit.bxor(bit.rshift(sum, 1), 0xa6bc) or bit.rshift(sum, 1)
    end
  end
  return bit.band(bit.bnot(sum), 0xffff)
end

local function serve(conn)
  for _ = 1, 16 do
    local start, length, control, destination, source = wire.unpack("<c2 B B I2 I2", conn:receive(8))
    if start ~= "\5\100" or length < 5 then return end
    conn:receive(2)
    local user = length - 5
    conn:receive(user + 2 * math.ceil(user / 16))
    local header = wire.pack("<c2 B B I2 I2", "\5\100", 5, bit.band(control, 15) == 9 and LINK_STATUS or ACK, source, destination)
    conn:send(header, wire.pack("<I2", crc(header)))
  end
end

return { serve = serve }
