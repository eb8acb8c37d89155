-- A management controller's RMCP port (ASF 2.0 sections 3.2.2 to 3.2.4; IPMI 2.0 sections 13 and 22.13).
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { enterprise = "IANA number of its maker", ipmi = "false: does not support IPMI" }

local RMCP, NO_ACKNOWLEDGMENT, ACKNOWLEDGMENT = 6, 0xFF, 0x80
local ASF, IPMI, ASF_ENTERPRISE = 6, 7, 4542
local PING, PONG, UNIDIRECTIONAL = 0x80, 0x40, 0xFF
local CONTROLLER, APPLICATION, CAPABILITIES = 0x20, 6, 0x38
local DONE, INVALID_COMMAND = 0x00, 0xC1                                    -- completion codes, IPMI table 5-2
local AUTHENTICATIONS, STATUS = 0x14, 0x04                                  -- MD5 and passwords; non-null users

-- The sum of all of them is 0 (IPMI section 13).
local function complete(bytes)
  local sum = 0
  for i = 1, #bytes do sum = sum + bytes:byte(i) end
  return bytes .. string.char(-sum % 256)
end

local function pong(options, tag)
  local entities = options.ipmi == false and 0x01 or 0x81
  return pack(">B x B B I4 B B x B", RMCP, NO_ACKNOWLEDGMENT, ASF, ASF_ENTERPRISE, PONG, tag, 16)
    .. pack(">I4 I4 B B x6", options.enterprise, 0, entities, 0)
end

-- An ASF message (3.2.4): what is no ping, or wants no answer, gets none.
local function take_asf(conn, options)
  local enterprise, kind, tag, reserved, length = unpack(">I4 B B B B", conn:receive(8))
  conn:receive(length)
  if enterprise ~= ASF_ENTERPRISE or kind ~= PING or tag == UNIDIRECTIONAL or reserved ~= 0 or length ~= 0 then return end
  conn:send(pong(options, tag))
end

-- A message outside of any session (section 13), the only one there can be without a login.
local function take_ipmi(conn)
  local authentication, sequence, session, length = unpack("<B I4 I4 B", conn:receive(10))
  local message = conn:receive(length)
  if authentication ~= 0 or sequence ~= 0 or session ~= 0 or length < 7 then return end
  local to, family, _, from, number, command = message:byte(1, 6)
  local data = message:sub(7, -2)
  if to ~= CONTROLLER or complete(message:sub(1, 2)) ~= message:sub(1, 3) then return end
  if complete(message:sub(4, -2)) ~= message:sub(4) then return end
  local known = family == APPLICATION * 4 and command == CAPABILITIES and #data == 2
  local result = known and string.char(DONE, 1, AUTHENTICATIONS, STATUS, 0, 0, 0, 0, 0) or string.char(INVALID_COMMAND)
  local answer = complete(string.char(from, family + 4)) .. complete(string.char(CONTROLLER, number, command) .. result)
  conn:send(pack(">B x B B", RMCP, NO_ACKNOWLEDGMENT, IPMI), pack("<B I4 I4 s1", 0, 0, 0, answer))
end

local function serve(conn, host)
  local options = host.options
  while true do
    local version, reserved, sequence, class = conn:receive(4):byte(1, 4)
    if version ~= RMCP or reserved ~= 0 or class ~= ASF and class ~= IPMI then return end
    if sequence ~= NO_ACKNOWLEDGMENT then conn:send(string.char(RMCP, 0, sequence, ACKNOWLEDGMENT + class)) end
    if class == ASF then take_asf(conn, options) elseif options.ipmi == false then return else take_ipmi(conn) end
  end
end

return { serve = serve, options = OPTIONS }
