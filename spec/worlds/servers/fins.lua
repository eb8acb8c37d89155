-- An Omron controller's FINS/TCP server (Omron W421 sections 7-2 and 7-4): node addresses, FINS frames, its errors.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { node = "its own node address", full = "true: all its connections are in use" }

local NODES, ANSWER, FRAME, FAILURE = 0, 1, 2, 3                           -- commands
local NOT_FINS, TOO_LONG, NOT_SUPPORTED, IN_USE, OUT_OF_RANGE, SAME_NODE = 0x01, 0x02, 0x03, 0x20, 0x23, 0x24
local FIRST_FREE, NODE_MAX = 239, 254                                      -- the first of those allocated by itself
local FRAME_LEAST, FRAME_MOST = 20, 2020                                   -- data after the length, of a frame's command
local RESPONSE, UNDEFINED_COMMAND = 0xC0, 0x0401                           -- ICF of a response; an end code

local function fail(conn, code)
  conn:send(pack(">c4 I4 I4 I4", "FINS", 8, FAILURE, code))
end

-- Node address data, which opens every connection: a client without an address gets one. Whether there is a connection.
local function give_address(conn, own, full)
  local node, code = unpack(">I4", conn:receive(4)), 0
  if node == 0 then node = FIRST_FREE end
  if full then code = IN_USE elseif node > NODE_MAX then code = OUT_OF_RANGE elseif node == own then code = SAME_NODE end
  if code ~= 0 then node = 0 end
  conn:send(pack(">c4 I4 I4 I4 I4 I4", "FINS", 16, ANSWER, code, node, code == 0 and own or 0))
  return code == 0
end

-- A FINS command (7-2): it knows none, and says so to whoever asked.
local function answer_frame(conn, own, frame)
  local icf, _, gateways, network, node, unit, from_network, from_node, from_unit, service, command =
    unpack(">B B B B B B B B B B c2", frame)
  local response_wanted, mine = bit.band(icf, 0xC1) == 0x80, network == 0 and (node == own or node == 0) and unit == 0
  if not response_wanted or not mine then return end
  local answer = pack(">B B B B B B B B B B c2 I2", RESPONSE, 0, gateways, from_network, from_node, from_unit, 0, own, 0,
    service, command, UNDEFINED_COMMAND)
  conn:send(pack(">c4 I4 I4 I4", "FINS", #answer + 8, FRAME, 0), answer)
end

local function serve(conn, host)
  local own, connected = host.options.node, false
  while true do
    -- The error code of a question is not used and not looked at.
    local mark, length, command = unpack(">c4 I4 I4", conn:receive(16))
    if mark ~= "FINS" then return fail(conn, NOT_FINS) end
    if length > FRAME_MOST then return fail(conn, TOO_LONG) end
    if command == NODES and not connected then
      if length > 12 then return fail(conn, TOO_LONG) end
      if length < 12 then return end
      if not give_address(conn, own, host.options.full) then return end
      connected = true
    elseif command == FRAME and connected then
      if length < FRAME_LEAST then return end
      answer_frame(conn, own, conn:receive(length - 8))
    else
      return fail(conn, NOT_SUPPORTED)
    end
  end
end

return { serve = serve, options = OPTIONS }
