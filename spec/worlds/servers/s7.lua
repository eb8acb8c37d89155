-- A Siemens S7 controller: transport of class 0 (RFC 1006, ISO 8073 sections 6.5, 6.22 and 13), S7's setup (its observed form).
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { slot = "its number, in rack 0", pdu = "bytes of its largest unit", refuses = "true: every setup" }

local REQUEST, CONFIRM, DISCONNECT, FAILURE, DATA, LAST = 0xE0, 0xD0, 0x80, 0x70, 0xF0, 0x80
local SIZE, CALLING, CALLED, INVALID = 0xC0, 0xC1, 0xC2, 0xC1             -- parameters; of an ER TPDU, the one that was invalid
local SIZE_LEAST, SIZE_MOST, OUR_SIZE = 7, 11, 10                          -- class 0: 128 to 2048 octets
local NOT_SPECIFIED, INVALID_TYPE, INVALID_VALUE = 0, 2, 3                 -- reject causes, 13.12
local UNKNOWN_ADDRESS = 3                                                  -- reason of a DR, 13.5
local PACKET_MOST, DATA_MOST = 2052, 2048
local S7, JOB, REFUSAL, ANSWER, SETUP, JOBS = 0x32, 1, 2, 3, 0xF0, 2
local BAD_LENGTH, NOT_AVAILABLE, NO_CONTEXT = "\133\0", "\129\4", "\129\0"   -- class and code of an error

local function send(conn, tpdu, data)
  local whole = string.char(#tpdu) .. tpdu .. (data or "")
  conn:send(pack(">B x I2", 3, #whole + 4), whole)
end

local function receive(conn)
  local version, length = unpack(">B x I2", conn:receive(4))
  return version == 3 and length >= 7 and length <= PACKET_MOST and conn:receive(length - 4) or nil
end

-- 6.22: an error of protocol is answered by an ER TPDU with the TPDU in question, and that was it.
local function fail(conn, reference, cause, tpdu)
  send(conn, pack(">B I2 B B s1", FAILURE, reference, cause, INVALID, tpdu:sub(1, 100)))
end

-- The parameters of a CR TPDU (13.3.4), those that are not known passed over; nil where a value is none.
local function read_parameters(tpdu)
  local found, position = {}, 8
  while position <= #tpdu do
    if position == #tpdu then return nil end
    local code, length = tpdu:byte(position, position + 1)
    if position + 1 + length > #tpdu then return nil end
    found[code], position = tpdu:sub(position + 2, position + 1 + length), position + 2 + length
  end
  local size = found[SIZE]
  if size and (#size ~= 1 or size:byte() < SIZE_LEAST or size:byte() > SIZE_MOST) then return nil end
  return found
end

-- Opens the transport; whether it is open.
local function connect(conn, host)
  local tpdu = receive(conn)
  if not tpdu then return end
  local indicator, code = tpdu:byte(1, 2)
  if indicator ~= #tpdu - 1 then return fail(conn, 0, NOT_SPECIFIED, tpdu) end
  if code ~= REQUEST or #tpdu < 7 then return fail(conn, 0, INVALID_TYPE, tpdu) end
  local ours, theirs, class = unpack(">I2 I2 B", tpdu, 3)
  if ours ~= 0 or class ~= 0 then return fail(conn, theirs, INVALID_VALUE, tpdu) end
  local found = read_parameters(tpdu)
  if not found then return fail(conn, theirs, INVALID_VALUE, tpdu) end
  local called = found[CALLED]
  -- A TSAP of two octets: what it is wanted for (1 to 3), then rack and slot.
  if not called or #called ~= 2 or called:byte(1) < 1 or called:byte(1) > 3 or called:byte(2) ~= host.options.slot then
    return send(conn, pack(">B I2 I2 B", DISCONNECT, theirs, 0, UNKNOWN_ADDRESS))
  end
  local size = math.min(OUR_SIZE, found[SIZE] and found[SIZE]:byte() or SIZE_LEAST)
  local parameters = pack("B B B", SIZE, 1, size)
  if found[CALLING] then parameters = parameters .. pack("B s1", CALLING, found[CALLING]) end
  send(conn, pack(">B I2 I2 B", CONFIRM, theirs, 1, 0) .. parameters .. pack("B s1", CALLED, called))
  return true
end

-- A unit of data, which may come in several TPDUs (13.7); nil where another TPDU comes.
local function receive_data(conn)
  local data = ""
  repeat
    local tpdu = receive(conn)
    if not tpdu then return nil end
    local indicator, code, last = tpdu:byte(1, 3)
    if indicator ~= 2 or code ~= DATA or last ~= LAST and last ~= 0 then
      return fail(conn, 1, code == DATA and INVALID_VALUE or INVALID_TYPE, tpdu)
    end
    data = data .. tpdu:sub(4)
    if #data > DATA_MOST then return nil end
  until last == LAST
  return data
end

-- The answer to a job: its parameters; or nil and an error.
local function answer_of(options, session, parameters)
  local job = parameters:byte(1)
  if job ~= SETUP then return nil, session.agreed and NOT_AVAILABLE or NO_CONTEXT end
  if #parameters ~= 8 or parameters:byte(2) ~= 0 then return nil, BAD_LENGTH end
  local calling, called, size = unpack(">x2 I2 I2 I2", parameters)
  if calling == 0 or called == 0 or size == 0 or options.refuses then return nil, NOT_AVAILABLE end
  session.agreed = true
  return pack(">B x I2 I2 I2", SETUP, math.min(calling, JOBS), math.min(called, JOBS), math.min(size, options.pdu))
end

local function serve(conn, host)
  if not connect(conn, host) then return end
  local session = { agreed = false }
  while true do
    local data = receive_data(conn)
    if not data or #data < 10 then return end
    local protocol, kind, reserved, reference, parameters_length, data_length = unpack(">B B I2 I2 I2 I2", data)
    if protocol ~= S7 or kind ~= JOB or reserved ~= 0 then return end
    local answer, why
    if 10 + parameters_length + data_length ~= #data or parameters_length == 0 then
      why = BAD_LENGTH
    else
      answer, why = answer_of(host.options, session, data:sub(11, 10 + parameters_length))
    end
    local class, code = unpack("BB", answer and "\0\0" or why)
    local form, rest = answer and ANSWER or REFUSAL, answer or ""
    send(conn, string.char(DATA, LAST), pack(">B B x2 I2 I2 I2 B B", S7, form, reference, #rest, 0, class, code) .. rest)
  end
end

return { serve = serve, options = OPTIONS }
