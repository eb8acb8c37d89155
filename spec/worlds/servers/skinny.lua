-- A call manager's SCCP port (Cisco Skinny Client Control Protocol, its observed form): who does not register has little to say.
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { resets = "true: wants unregistered phones to start anew" }

-- Lengths count from the message's number on; the second word is the version of the header, 0 for the basic one.
local LENGTH_LEAST, LENGTH_MOST, BASIC = 4, 2048, 0
local KEEP_ALIVE, REGISTER, KEEP_ALIVE_ACK, REGISTER_REJECT, RESET = 0x0000, 0x0001, 0x0100, 0x009D, 0x009F
local NAME_LENGTH, REASON_LENGTH, RESTART = 16, 33, 2

local function send(conn, message, body)
  conn:send(pack("<I4 I4 I4", 4 + #body, BASIC, message), body)
end

local function serve(conn, host)
  while true do
    local length, version, message = unpack("<I4 I4 I4", conn:receive(12))
    if length < LENGTH_LEAST or length > LENGTH_MOST or version ~= BASIC then return end
    local body = conn:receive(length - 4)
    if message == KEEP_ALIVE and body == "" then
      if host.options.resets then send(conn, RESET, pack("<I4", RESTART)) else send(conn, KEEP_ALIVE_ACK, "") end
    elseif message == REGISTER and #body >= NAME_LENGTH then
      send(conn, REGISTER_REJECT, pack("c" .. REASON_LENGTH, "No Entry In Database"))
    else
      return   -- nothing else may come from who has not registered
    end
  end
end

return { serve = serve, options = OPTIONS }
