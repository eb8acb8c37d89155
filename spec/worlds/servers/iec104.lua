-- A controlled station of IEC 60870-5-104 (ed. 2 section 5; IEC 60870-5-101 section 7): frames, their numbers, interrogation.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { address = "common address of its data" }

local START, LENGTH_LEAST, LENGTH_MOST = 0x68, 4, 253
-- Section 5.2 and figure 8: one function at a time is activated, and confirmed.
local CONFIRMATIONS = { [0x07] = 0x0B, [0x13] = 0x23, [0x43] = 0x83 }
local STARTED, STOPPED = 0x07, 0x13
local NUMBERS = 32768
local INTERROGATION, STATION = 100, 20
-- Causes of transmission; of what cannot be done, with the bit that says no (60870-5-101 section 7.2.3).
local ACTIVATION, CONFIRMATION, TERMINATION, NO = 6, 7, 10, 0x40
local UNKNOWN_TYPE, UNKNOWN_CAUSE, UNKNOWN_ADDRESS, UNKNOWN_OBJECT = 44, 45, 46, 47

local function send_data(conn, station, asdu)
  conn:send(pack("<B B I2 I2", START, #asdu + 4, station.sent * 2, station.received * 2), asdu)
  station.sent = (station.sent + 1) % NUMBERS
end

-- The cause with which an ASDU is given back.
local function cause_of(asdu, address)
  local kind, _, cause, _, common = unpack("<B B B B I2", asdu)
  if kind ~= INTERROGATION or #asdu ~= 10 then return NO + UNKNOWN_TYPE end
  if cause % NO ~= ACTIVATION then return NO + UNKNOWN_CAUSE end
  if common ~= address and common ~= 0xFFFF then return NO + UNKNOWN_ADDRESS end
  if unpack("<I3", asdu, 7) ~= 0 or asdu:byte(10) ~= STATION or asdu:byte(2) ~= 1 then return NO + UNKNOWN_OBJECT end
  return CONFIRMATION
end

-- Data (figure 6): taken after a start only, and in order; whether it was.
local function take_data(conn, station, frame, address)
  local number, acknowledged = unpack("<I2 I2", frame)
  if not station.started or #frame < 10 then return false end
  if number ~= station.received * 2 or acknowledged ~= station.sent * 2 then return false end
  station.received = (station.received + 1) % NUMBERS
  local asdu = frame:sub(5)
  local cause = cause_of(asdu, address)
  local function give_back(with) send_data(conn, station, asdu:sub(1, 2) .. string.char(with) .. asdu:sub(4)) end
  give_back(cause)
  if cause == CONFIRMATION then give_back(TERMINATION) end
  return true
end

local function serve(conn, host)
  local station = { sent = 0, received = 0, started = false }
  while true do
    local start, length = conn:receive(2):byte(1, 2)
    if start ~= START or length < LENGTH_LEAST or length > LENGTH_MOST then return end
    local frame = conn:receive(length)
    local control = frame:byte(1)
    if control % 2 == 0 then
      if not take_data(conn, station, frame, host.options.address) then return end
    elseif control % 4 == 1 then                                           -- acknowledges what was sent, and no more (figure 7)
      local acknowledged = unpack("<I2", frame, 3)
      if length ~= 4 or frame:sub(1, 2) ~= "\1\0" or acknowledged ~= station.sent * 2 then return end
    else
      if not CONFIRMATIONS[control] or frame:sub(2) ~= "\0\0\0" then return end
      if control == STARTED then station.started = true elseif control == STOPPED then station.started = false end
      conn:send(pack("B B B x3", START, 4, CONFIRMATIONS[control]))
    end
  end
end

return { serve = serve, options = OPTIONS }
