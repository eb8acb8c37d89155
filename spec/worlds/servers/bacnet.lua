-- A BACnet device (ASHRAE 135-2012 clauses 5.4, 6, 15.5, 20 and annex J) that answers ReadProperty; no router, no BBMD.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = {
  instance = "number of the device", vendor = "who made it; without it, the property is not there",
  services = "false: knows not even ReadProperty",
}

local BVLC_MAX = 1501                                                     -- annex J: 4 octets and the longest NPDU
local RESULT, ORIGINAL_UNICAST = 0x00, 0x0A
-- J.2: why a device that is no BBMD says no, to the functions that are for one.
local REFUSALS = { [0x01] = 0x10, [0x02] = 0x20, [0x05] = 0x30, [0x06] = 0x40, [0x07] = 0x50, [0x09] = 0x60 }
local NETWORK_MESSAGE, RESERVED, DESTINATION, SOURCE, EXPECTS_REPLY = 0x80, 0x50, 0x20, 0x08, 0x04   -- 6.2.2
local CONFIRMED, SEGMENTED = 0x00, 0x08                                   -- 20.1.2; 0x02: takes segments; the rest is zero
local READ_PROPERTY = 12
local INVALID_TAG, MISSING_PARAMETER, TOO_MANY_ARGUMENTS, UNRECOGNIZED_SERVICE = 4, 5, 7, 9   -- clause 18
local SEGMENTATION_NOT_SUPPORTED = 4                                      -- the same
local OBJECT, PROPERTY = 1, 2                                             -- error classes, there as well
local UNKNOWN_OBJECT, UNKNOWN_PROPERTY, NOT_AN_ARRAY = 31, 32, 50
local DEVICE, ANALOG_INPUT, ANY_INSTANCE = 8, 0, 0x3FFFFF
local OBJECT_IDENTIFIER, VENDOR_NAME, PRESENT_VALUE = 75, 121, 85

local function reject(id, reason) return string.char(0x60, id, reason) end
local function abort(id, reason) return string.char(0x71, id, reason) end
local function failure(id, class, code) return string.char(0x50, id, READ_PROPERTY, 0x91, class, 0x91, code) end

-- Application tag 7 (20.2.9): the octet of the character set belongs to the text.
local function text(value)
  local length = #value + 1
  return (length < 5 and string.char(0x70 + length) or string.char(0x75, length)) .. "\0" .. value
end

-- The encoded value of a property; or nil, class and code.
local function property_of(options, kind, instance, property)
  local object = kind * 2 ^ 22 + instance
  if kind == DEVICE and instance == options.instance then
    if property == OBJECT_IDENTIFIER then return pack(">B I4", 0xC4, object) end
    if property == VENDOR_NAME and options.vendor then return text(options.vendor) end
  elseif kind == ANALOG_INPUT and instance == 5 then                      -- annex F.3.5
    if property == OBJECT_IDENTIFIER then return pack(">B I4", 0xC4, object) end
    if property == PRESENT_VALUE then return "\68\66\144\153\154" end      -- 72.3
  else
    return nil, OBJECT, UNKNOWN_OBJECT
  end
  return nil, PROPERTY, UNKNOWN_PROPERTY
end

-- A context tag of this number (20.2.1) with a value of 1 to `longest` octets: the value and what follows it; or nil and why.
local function take(bytes, position, number, shortest, longest)
  local tag = bytes:byte(position)
  if not tag then return nil, MISSING_PARAMETER end
  local length = tag - number * 16 - 8
  if length < shortest or length > longest then return nil, INVALID_TAG end
  if position + length > #bytes then return nil, MISSING_PARAMETER end
  return unpack(">I" .. length, bytes, position + 1)
end

local function read_property(options, id, bytes)
  local object, position = take(bytes, 1, 0, 4, 4)
  if not object then return reject(id, position) end
  local property, after = take(bytes, position, 1, 1, 3)
  if not property then return reject(id, after) end
  local index
  if after <= #bytes then
    index, position = take(bytes, after, 2, 1, 4)
    if not index then return reject(id, position == INVALID_TAG and TOO_MANY_ARGUMENTS or position) end
    if position <= #bytes then return reject(id, TOO_MANY_ARGUMENTS) end
  end
  local kind, instance = math.floor(object / 2 ^ 22), object % 2 ^ 22
  if kind == DEVICE and instance == ANY_INSTANCE then instance = options.instance end   -- 15.5.2: whichever it is
  local value, class, code = property_of(options, kind, instance, property)
  if value and index then value, class, code = nil, PROPERTY, NOT_AN_ARRAY end
  if not value then return failure(id, class, code) end
  local head = pack(">B B B B I4", 0x30, id, READ_PROPERTY, 0x0C, kind * 2 ^ 22 + instance)
  return head .. bytes:sub(6, after - 1) .. "\62" .. value .. "\63"
end

-- The answer to an APDU, if it gets one: who asked before, and asks for what is no question, gets none.
local function answer(options, apdu)
  if #apdu < 4 then return nil end
  local kind, sizes, id, service = apdu:byte(1, 4)
  if bit.band(kind, 0xF0) ~= CONFIRMED or bit.band(kind, 0x05) ~= 0 or sizes >= 0x80 or sizes % 16 > 5 then return nil end
  if bit.band(kind, SEGMENTED) ~= 0 then return abort(id, SEGMENTATION_NOT_SUPPORTED) end
  if service ~= READ_PROPERTY or options.services == false then return reject(id, UNRECOGNIZED_SERVICE) end
  return read_property(options, id, apdu:sub(5))
end

-- The APDU of an NPDU that is for this device from its own network (6.2).
local function apdu_of(npdu)
  local version, control = npdu:byte(1, 2)
  if version ~= 1 or not control or bit.band(control, NETWORK_MESSAGE + RESERVED + DESTINATION + SOURCE) ~= 0 then return nil end
  return bit.band(control, EXPECTS_REPLY) ~= 0 and npdu:sub(3) or nil
end

local function serve(conn, host)
  while true do
    local kind, form, length = unpack(">B B I2", conn:receive(4))
    if kind ~= 0x81 or length < 4 or length > BVLC_MAX then return end    -- in a stream, nothing tells where the next begins
    local rest = conn:receive(length - 4)
    local apdu = form == ORIGINAL_UNICAST and apdu_of(rest)
    local reply = apdu and answer(host.options, apdu)
    if reply then conn:send(pack(">B B I2 B B", 0x81, ORIGINAL_UNICAST, #reply + 6, 1, 0), reply) end
    if REFUSALS[form] then conn:send(pack(">B B I2 I2", 0x81, RESULT, 6, REFUSALS[form])) end
  end
end

return { serve = serve, options = OPTIONS }
