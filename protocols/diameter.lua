-- Diameter (RFC 6733 section 5.3): a Capabilities-Exchange-Request from a relay that nobody knows.
-- The answer, most often a refusal, says who answers. No session is opened.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local diameter = {
  name = "diameter", ports = { 3868 }, first = "client", timeout = 5,
  fields = {
    result = "result code, e.g. 3010: unknown peer (number)", origin_host = "its name", origin_realm = "its realm",
    product = "name of the product", vendor_id = "who made it (number)", firmware = "its revision (number)",
    error = "what it says in words",
  },
}

local REQUEST, CAPABILITIES, MANDATORY, VENDOR, MESSAGE_MAX = 0x80, 257, 0x40, 0x80, 8192
local HOST, REALM, ADDRESS, VENDOR_ID, PRODUCT, APPLICATION, RELAY = 264, 296, 257, 266, 269, 258, 2 ^ 32 - 1
local NUMBERS = { [268] = "result", [266] = "vendor_id", [267] = "firmware" }
local TEXTS = { [264] = "origin_host", [296] = "origin_realm", [269] = "product", [281] = "error" }

local function attribute(code, data)
  return pack(">I4 B I3", code, MANDATORY, #data + 8) .. data .. ("\0"):rep(-#data % 4)
end

local function learn_attributes(record, answer)
  local position = 1
  while position <= #answer do
    local code, flags, length, start = unpack(">I4 B I3", answer, position)
    if flags >= VENDOR then start = start + 4 end
    local finish = position + length - 1
    expect(finish >= start - 1 and finish <= #answer, "attribute that leaves its message")
    if flags < VENDOR and NUMBERS[code] then record[NUMBERS[code]] = unpack(">I4", answer, start) end
    if flags < VENDOR and TEXTS[code] then record[TEXTS[code]] = answer:sub(start, finish) end
    position = position + math.ceil(length / 4) * 4
  end
end

function diameter.handshake(conn, record)
  local ids = conn:random(8)
  local body = attribute(HOST, "sonde.invalid") .. attribute(REALM, "invalid") .. attribute(ADDRESS, "\0\1\127\0\0\1") ..
    attribute(VENDOR_ID, "\0\0\0\0") .. attribute(PRODUCT, "Sonde") .. attribute(APPLICATION, pack(">I4", RELAY))
  conn:send(pack(">B I3 B I3 x4 c8", 1, #body + 20, REQUEST, CAPABILITIES, ids), body)
  local version, length, flags, command, echo = unpack(">B I3 B I3 x4 c8", conn:receive(20))
  expect(version == 1 and flags < REQUEST and command == CAPABILITIES and echo == ids, "no answer to our request")
  expect(length >= 20 and length <= MESSAGE_MAX and length % 4 == 0, "answer of a forbidden length")
  learn_attributes(record, conn:receive(length - 20))
end

return diameter
