-- DNS over TCP (RFC 1035 section 4.2.2, RFC 7766): asks for version.bind, class CHAOS, without recursion (RFC 4892).
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local dns = {
  name = "dns", ports = { 53 }, tls_ports = { 853 }, first = "client", timeout = 5,
  fields = {
    rcode = "response code, e.g. 5: refused (number)", authoritative = "the AA flag (boolean)",
    recursion_available = "the RA flag (boolean)", answers = "count of answers (number)",
    version = "the version text answered",
  },
}

local QUESTION = wire.pack(">I2 I2 I2 I2 I2 s1 s1 x I2 I2", 0, 1, 0, 0, 0, "version", "bind", 16, 3)  -- after the ID: TXT, CH
local LENGTH = wire.pack(">I2", 2 + #QUESTION)
local MESSAGE_MAX, RECORDS_MAX, NAME_MAX = 4096, 16, 255

-- The position after a name. Pointers (section 4.1.4) end it and are not followed, so there is no loop to fall into;
-- one that does not point backwards is a lie all the same.
local function skip_name(message, position)
  local start = position
  while position - start <= NAME_MAX do
    local length = unpack("B", message, position)
    if length == 0 then return position + 1 end
    if length >= 0xC0 then
      local pointer = unpack(">I2", message, position) - 0xC000
      expect(pointer >= 12 and pointer + 1 < start, "compression pointer that does not point backwards")
      return position + 2
    end
    expect(length <= 63, "label of a forbidden length")
    position = position + 1 + length
  end
  expect(false, "name too long")
end

function dns.handshake(conn, record)
  local id = conn:random(2)
  conn:send(LENGTH, id, QUESTION)
  local length = unpack(">I2", conn:receive(2))
  expect(length >= 12 and length <= MESSAGE_MAX, "DNS message of a forbidden length")
  local message = conn:receive(length)
  local echo, flags, questions, answers, position = unpack(">c2 I2 I2 I2 x4", message)
  expect(echo == id and bit.band(flags, 0xF800) == 0x8000 and questions <= 1, "no answer to our question")
  record.rcode, record.answers = bit.band(flags, 0xF), answers
  record.authoritative, record.recursion_available = bit.band(flags, 0x400) ~= 0, bit.band(flags, 0x80) ~= 0
  if questions == 1 then position = skip_name(message, position) + 4 end
  for _ = 1, math.min(answers, RECORDS_MAX) do
    local kind, class, data
    kind, class, data, position = unpack(">I2 I2 x4 s2", message, skip_name(message, position))
    if kind == 16 and class == 3 and not record.version then record.version = unpack("s1", data) end
  end
end

return dns
