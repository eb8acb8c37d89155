-- BGP-4 (RFC 4271 section 4.2): sends an OPEN of an AS that is kept for documentation (RFC 5398), which a router refuses.
-- Whatever it says, we end with a NOTIFICATION. No route is sent.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local bgp = {
  name = "bgp", ports = { 179 }, first = "client", timeout = 8,
  fields = {
    as_number = "of the router (number)", hold_time = "seconds (number)", router_id = "as an address",
    capabilities = "codes it names (list of numbers)", error = "of a NOTIFICATION, 6: cease (number)",
    error_subcode = "e.g. 5: connection rejected (number)",
  },
}

local MARKER, OPEN, NOTIFICATION, MESSAGE_MAX = ("\255"):rep(16), 1, 3, 4096
local OUR_AS, OUR_ID, CEASE, DECONFIGURED = 64496, "\192\0\2\1", 6, 3
local CAPABILITIES, FOUR_OCTET_AS, LIST_MAX = 2, 65, 64

local function message(kind, body)
  return MARKER .. pack(">I2 B", #body + 19, kind) .. body
end

-- RFC 5492: among the optional parameters.
local function learn_capabilities(record, parameters)
  local list, position = {}, 1
  while position <= #parameters do
    local kind, data
    kind, data, position = unpack("B s1", parameters, position)
    local at = 1
    while kind == CAPABILITIES and at <= #data do
      local code, value
      code, value, at = unpack("B s1", data, at)
      if #list < LIST_MAX then list[#list + 1] = code end
      if code == FOUR_OCTET_AS and #value == 4 then record.as_number = unpack(">I4", value) end
    end
  end
  record.capabilities = list[1] and list
end

function bgp.handshake(conn, record)
  conn:send(message(OPEN, pack(">B I2 I2 c4 B", 4, OUR_AS, 90, OUR_ID, 0)))
  local marker, length, kind = unpack(">c16 I2 B", conn:receive(19))
  expect(marker == MARKER and length >= 19 and length <= MESSAGE_MAX, "no BGP message")
  expect(kind == OPEN or kind == NOTIFICATION, "neither OPEN nor NOTIFICATION")
  local body = conn:receive(length - 19)
  if kind == NOTIFICATION then
    record.error, record.error_subcode = unpack("BB", body)
    return
  end
  local version, as_number, hold_time, id, parameters = unpack(">B I2 I2 c4 s1", body)
  expect(version == 4, "no BGP-4")
  local found = { as_number = as_number }
  learn_capabilities(found, parameters)
  record.as_number, record.capabilities, record.hold_time = found.as_number, found.capabilities, hold_time
  record.router_id = wire.address(id)
  conn:send(message(NOTIFICATION, pack("BB", CEASE, DECONFIGURED)))
end

return bgp
