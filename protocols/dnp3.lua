-- DNP3 (IEEE 1815 clause 9): asks for the link's status at the addresses that outstations most often have.
-- Others are not concerned and do not answer. Nothing above the link layer is said.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local dnp3 = {
  name = "dnp3", ports = { 20000 }, first = "client", timeout = 5,
  fields = {
    address = "of the outstation (number)", master = "the address it answers to (number)",
    ["function"] = "of its answer, 11: link status, 15: not supported (number)",
  },
}

local START, REQUEST_STATUS = "\5\100", 0xC9                  -- from a master, and begun by it
local OUR_ADDRESS, OUR_OTHER = 1, 1024                         -- no two stations have the same
local ADDRESSES = { 0xFFFC, 1, 2, 3, 4, 5, 10, 1024 }          -- the first: itself, whatever its address
local ANSWERS = { [0] = true, [1] = true, [11] = true, [15] = true }

-- Its CRC of 16 bits, polynomial 0x3D65, bits reversed, result inverted.
local function checksum(bytes)
  local crc = 0
  for at = 1, #bytes do
    crc = bit.bxor(crc, bytes:byte(at))
    for _ = 1, 8 do
      local low = bit.band(crc, 1)
      crc = bit.rshift(crc, 1)
      if low == 1 then crc = bit.bxor(crc, 0xA6BC) end
    end
  end
  return bit.band(bit.bnot(crc), 0xFFFF)
end

local function frame(control, destination, source)
  local header = START .. wire.pack("<B B I2 I2", 5, control, destination, source)
  return header .. wire.pack("<I2", checksum(header))
end

function dnp3.handshake(conn, record)
  local frames = {}
  for index, address in ipairs(ADDRESSES) do
    frames[index] = frame(REQUEST_STATUS, address, address == OUR_ADDRESS and OUR_OTHER or OUR_ADDRESS)
  end
  conn:send(table.concat(frames))
  local header = conn:receive(10)
  expect(header:sub(1, 2) == START and header:sub(9) == wire.pack("<I2", checksum(header:sub(1, 8))), "no DNP3 frame")
  local control, destination, source = wire.unpack("<x3 B I2 I2", header)
  local code = control % 16
  expect(control < 0x40 and ANSWERS[code], "no answer of an outstation")
  record.address, record.master, record["function"] = source, destination, code
end

return dnp3
