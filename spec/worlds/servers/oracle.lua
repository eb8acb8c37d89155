-- An Oracle listener (Transparent Network Substrate, as python-oracledb's published thin driver has it): CONNECT, its answers.
local wire = require "sonde.wire"

local OPTIONS = {
  answer = '"refuse" (as pings are answered; usual), "resend" before, "redirect", "apart": the same, its data in a packet of '
    .. 'their own, "accept"',
  version = "number of its version (318767104)",
}

local CONNECT, ACCEPT, REFUSE, REDIRECT, DATA, RESEND = 1, 2, 4, 5, 6, 11
local HEADER, PACKET_MAX, CONNECT_MIN, DATA_INSIDE_MAX = 8, 8192, 34, 230
local NEWEST, SDU_MIN, TDU_MIN = 319, 512, 255
local FAILED_TO_PROCESS, NO_SUCH_COMMAND, NO_SUCH_SERVICE = 1153, 12508, 12514
local ELSEWHERE = "(ADDRESS=(PROTOCOL=tcp)(HOST=192.0.2.9)(PORT=1522))"

local function send(conn, kind, body)
  conn:send(wire.pack(">I2 x2 B x3", #body + HEADER, kind), body)
end

-- The type and what comes after the header; nil where a packet is not as long as it says, or has a checksum, which none has.
local function receive_packet(conn)
  local length, sum, kind, _, head_sum = wire.unpack(">I2 I2 B B I2", conn:receive(HEADER))
  if length < HEADER or length > PACKET_MAX or sum ~= 0 or head_sum ~= 0 then return nil end
  return kind, conn:receive(length - HEADER)
end

-- Names and values in parentheses, one in the other: whether all of them are closed, and hold something.
local function is_well_formed(text)
  return text:match "^%b()$" and not text:find("()", 1, true) and not text:find "[^%w%p ]" and text:find "^%([%a_]+="
end

-- The connect data; nil where the packet is not in order, so that the listener hangs up.
local function receive_data(conn, body)
  if #body < CONNECT_MIN - HEADER then return nil end
  local version, lowest, _, sdu, tdu, _, turnaround, one, length, offset = wire.unpack(">I2 I2 I2 I2 I2 I2 I2 c2 I2 I2", body)
  if lowest > version or lowest > NEWEST or sdu < SDU_MIN or tdu < TDU_MIN or turnaround ~= 0 then return nil end
  if one ~= "\0\1" and one ~= "\1\0" or offset < CONNECT_MIN or offset > #body + HEADER then return nil end
  local data = body:sub(offset - HEADER + 1)
  if data == "" and length > DATA_INSIDE_MAX then   -- long ones come by themselves, after two bytes of flags
    local kind, after = receive_packet(conn)
    data = kind == DATA and after:sub(3) or ""
  end
  return #data == length and data or nil
end

local function refuse(conn, version, code, more)
  local stack = code == 0 and "" or ("(ERROR_STACK=(ERROR=(CODE=%d)(EMFI=4)))"):format(code)
  local words = ("(DESCRIPTION=(TMP=)(VSNNUM=%d)(ERR=%d)%s%s)"):format(version, code, stack, more)
  send(conn, REFUSE, wire.pack(">B B s2", 34, 0, words))
end

local function answer(conn, data, options)
  local version = options.version or 318767104
  if not is_well_formed(data) then return refuse(conn, version, FAILED_TO_PROCESS, "") end
  if options.answer == "redirect" then return send(conn, REDIRECT, wire.pack(">s2", ELSEWHERE)) end
  if options.answer == "apart" then
    send(conn, REDIRECT, wire.pack(">I2", #ELSEWHERE))
    return send(conn, DATA, "\0\0" .. ELSEWHERE)
  end
  if options.answer == "accept" then
    return send(conn, ACCEPT, wire.pack(">I2 I2 I2 I2 c2 I2 I2 B B", NEWEST, 0, 8192, 32767, "\0\1", 0, 24, 0, 0))
  end
  local command = data:upper():match "%(CONNECT_DATA=.*%(COMMAND=([^()]*)%)"
  if command == "PING" then return refuse(conn, version, 0, "(ALIAS=LISTENER)") end
  refuse(conn, version, command and NO_SUCH_COMMAND or NO_SUCH_SERVICE, "")
end

local function serve(conn, host)
  local resend = host.options.answer == "resend"
  repeat
    local kind, body = receive_packet(conn)
    local data = kind == CONNECT and receive_data(conn, body)
    if not data then return end
    if resend then send(conn, RESEND, "") else answer(conn, data, host.options) end
    resend = not resend
  until resend
end

return { serve = serve, options = OPTIONS }
