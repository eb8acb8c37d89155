-- An H.323 terminal's call signalling without a call (ITU-T Q.931 sections 4.5 and 5.8, H.225.0 section 7, RFC 1006).
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { state = "of every call, as Q.931 table 4-8 counts (0: there is none)" }

local TPKT_MAX = 4096
local SETUP, RELEASE_COMPLETE, STATUS_ENQUIRY, STATUS = 0x05, 0x5A, 0x75, 0x7D
local CAUSE, CALL_STATE, USER_USER, DISPLAY = 0x08, 0x14, 0x7E, 0x28
local REJECTED, RESPONSE_TO_ENQUIRY, INVALID_REFERENCE, MISSING, UNKNOWN_ELEMENT, BAD_ELEMENT =
  21, 30, 81, 96, 99, 100                                              -- Q.850
local IN_ENQUIRY = { [DISPLAY] = true, [USER_USER] = true }                -- section 3.1.17, and what H.225.0 adds
-- H323-UserInformation with a releaseComplete of version 1, in PER: H.225.0 wants one in each RELEASE COMPLETE.
local INFORMATION = "\5\5\0\6\0\8\145\74\0\1"

local function send(conn, reference, kind, cause, elements)
  local answered = string.char(bit.bxor(reference:byte(1), 0x80)) .. reference:sub(2)
  local message = pack(">B s1 B B s1", 8, answered, kind, CAUSE, string.char(0x80, 0x80 + cause)) .. elements
  conn:send(pack(">B x I2", 3, #message + 4), message)
end

-- The information elements of a message (4.5.1; the length of User-user has two octets, H.225.0 section 7.2.2), by their
-- identifiers; nil where one leaves the message.
local function elements_of(message, position)
  local found = {}
  while position <= #message do
    local element, length = message:byte(position), 0
    position = position + 1
    if element < 0x80 then
      local wide = element == USER_USER
      if position + (wide and 1 or 0) > #message then return nil end
      length, position = unpack(wide and ">I2" or "B", message, position)
      if position + length > #message + 1 then return nil end
    end
    found[element], position = true, position + length
  end
  return found
end

local function cause_of_enquiry(elements)
  if not elements then return BAD_ELEMENT end
  for element in pairs(elements) do
    if not IN_ENQUIRY[element] then return UNKNOWN_ELEMENT end
  end
  return RESPONSE_TO_ENQUIRY
end

-- Section 5.8: what becomes of a message with a call reference that is of no call.
local function take(conn, host, message)
  local discriminator, size = message:byte(1, 2)
  if discriminator ~= 8 or size ~= 2 or #message < 5 then return end       -- 5.8.1, 5.8.3.1, 5.8.2: ignored
  local reference, kind = message:sub(3, 4), message:byte(5)
  local elements, from_answerer = elements_of(message, 6), reference:byte(1) >= 0x80
  if kind == STATUS_ENQUIRY then
    send(conn, reference, STATUS, cause_of_enquiry(elements), pack("B s1", CALL_STATE, string.char(host.options.state)))
  elseif kind == SETUP and from_answerer or kind == RELEASE_COMPLETE or kind == STATUS then
    return                                                                 -- 5.8.3.2 c, d; 5.8.11 in the null state
  elseif kind == SETUP then
    send(conn, reference, RELEASE_COMPLETE, elements and elements[USER_USER] and REJECTED or MISSING,
      pack(">B s2", USER_USER, INFORMATION))
  else
    send(conn, reference, RELEASE_COMPLETE, INVALID_REFERENCE, pack(">B s2", USER_USER, INFORMATION))   -- 5.8.3.2 a, b
  end
end

local function serve(conn, host)
  while true do
    local version, length = unpack(">B x I2", conn:receive(4))
    if version ~= 3 or length < 7 or length > TPKT_MAX then return end     -- RFC 1006 section 6
    take(conn, host, conn:receive(length - 4))
  end
end

return { serve = serve, options = OPTIONS }
