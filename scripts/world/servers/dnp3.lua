-- A DNP3 outstation (IEEE 1815 section 9.2): answers a request for the link's status.

local wire = require "sonde.wire"

local LINK_STATUS, NOT_SUPPORTED, ACK = 0x0b, 0x0f, 0x00
local SELF = 0xfffc   -- "you, whatever your address" (section 9.2.5.1.1)
local ADDRESSES = { { 1, weight = 6 }, { 10, weight = 3 }, { 4, weight = 2 }, { 2, weight = 1 }, { 3, weight = 1 },
  { 5, weight = 1 }, { 1024, weight = 1 } }

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

-- What it answers to a function of the link; some know less than the others.
local function answer_to(asked, host)
  if asked ~= 9 then return ACK end
  return host:chance("simple", 0.15) and NOT_SUPPORTED or LINK_STATUS
end

local function serve(conn, host)
  local own = host:choose("address", ADDRESSES)
  local anonymous = host:chance("anonymous", 0.6)
  for _ = 1, 16 do
    local start, length, control, destination, source = wire.unpack("<c2 B B I2 I2", conn:receive(8))
    if start ~= "\5\100" or length < 5 then return end
    conn:receive(2)
    local user = length - 5
    conn:receive(user + 2 * math.ceil(user / 16))
    if destination == own or destination == SELF and anonymous then
      local header = wire.pack("<c2 B B I2 I2", "\5\100", 5, answer_to(bit.band(control, 15), host), source, own)
      conn:send(header, wire.pack("<I2", crc(header)))
    end
  end
end

-- Chances a world may set.
local OPTIONS = {
  anonymous = "share that answers whoever does not know its address",
  simple = "share that does not know the status of its link",
}

return { serve = serve, options = OPTIONS }
