-- A DNP3 outstation's data link layer (IEEE 1815-2012 clause 9): frames with their CRCs, addresses, secondary functions.
local wire = require "sonde.wire"

local OPTIONS = {
  address = "its own (1)", anonymous = "false: does not answer to the self-address",
  supported = "false: answers every service with NOT_SUPPORTED",
}

local START = "\5\100"
local FROM_MASTER, PRIMARY, COUNT_VALID = 0x80, 0x40, 0x10                -- bits of the control octet
local RESET_LINK, TEST_LINK, CONFIRMED, UNCONFIRMED, REQUEST_STATUS = 0, 2, 3, 4, 9
local COUNTED = { [TEST_LINK] = true, [CONFIRMED] = true }              -- functions with a valid frame count
local KNOWN = { [RESET_LINK] = true, [TEST_LINK] = true, [CONFIRMED] = true, [UNCONFIRMED] = true, [REQUEST_STATUS] = true }
local ACK, NACK, LINK_STATUS, NOT_SUPPORTED = 0, 1, 11, 15
local SELF_ADDRESS, RESERVED_FIRST = 0xFFFC, 0xFFF0                       -- from there on, no station's own
local BLOCK = 16                                                          -- octets of user data for each CRC

-- x^16 + x^13 + x^12 + x^11 + x^10 + x^8 + x^6 + x^5 + x^2 + 1, lowest bit first, complemented.
local function crc(octets)
  local rest = 0
  for i = 1, #octets do
    rest = bit.bxor(rest, octets:byte(i))
    for _ = 1, 8 do rest = bit.bxor(bit.rshift(rest, 1), rest % 2 == 1 and 0xA6BC or 0) end
  end
  return wire.pack("<I2", bit.band(bit.bnot(rest), 0xFFFF))
end

-- Whether each block of the user data is followed by its CRC; the data, or nil.
local function receive_data(conn, length)
  local good, data = true, {}
  while length > 0 do
    local size = math.min(length, BLOCK)
    local block = conn:receive(size)
    good = conn:receive(2) == crc(block) and good
    data[#data + 1], length = block, length - size
  end
  return good and table.concat(data) or nil
end

-- The answer's function, if there is one: a frame that is not from a master's primary side, that counts where it must not,
-- or that has no data where it must, is not for us, and nothing is said of it.
local function answer_to(link, control, length)
  local code, counted = control % 16, bit.band(control, COUNT_VALID) ~= 0
  if bit.band(control, FROM_MASTER) == 0 or bit.band(control, PRIMARY) == 0 then return nil end
  if not link.supported or not KNOWN[code] then return NOT_SUPPORTED end
  if counted ~= (COUNTED[code] == true) or (length > 0) ~= (code == CONFIRMED or code == UNCONFIRMED) then return nil end
  if code == RESET_LINK then
    link.reset = true
    return ACK
  end
  if code == REQUEST_STATUS then return LINK_STATUS end
  return code ~= UNCONFIRMED and (link.reset and ACK or NACK) or nil
end

local function serve(conn, host)
  local own, options = host.options.address or 1, host.options
  local link = { supported = options.supported ~= false, reset = false }
  while true do
    -- Octets that begin no frame are passed over until one begins: a link has no other end of a frame.
    while conn:peek(2) ~= START do conn:receive(1) end
    local header = conn:receive(10)
    local length, control, destination, source = wire.unpack("<x2 B B I2 I2", header)
    if header:sub(9) == crc(header:sub(1, 8)) and length >= 5 then
      local data = receive_data(conn, length - 5)
      local mine = destination == own or destination == SELF_ADDRESS and options.anonymous ~= false
      local theirs = source ~= own and source < RESERVED_FIRST             -- no two stations have the same address
      local code = data and mine and theirs and answer_to(link, control, #data)
      if code then
        local frame = wire.pack("<c2 B B I2 I2", START, 5, code, source, own)
        conn:send(frame, crc(frame))
      end
    end
  end
end

return { serve = serve, options = OPTIONS }
