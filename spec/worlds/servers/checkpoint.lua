-- A Check Point firewall's topology service (its observed form): greets SecuRemote clients, and names itself and its management.
local wire = require "sonde.wire"

local OPTIONS = { firewall = "its name", management = "what manages it" }

local GREETING, WELCOME, CLIENT, CLIENT_MOST = "\81\0\0\0\0\0\0\33", "Y\0\0\0", "securemote\0", 64

local function serve(conn, host)
  if conn:receive(#GREETING) ~= GREETING then return end
  conn:send(WELCOME)
  local length = wire.unpack(">I4", conn:receive(4))
  if length > CLIENT_MOST or conn:receive(length) ~= CLIENT then return end
  local names = ("CN=%s,O=%s"):format(host.options.firewall, host.options.management)
  conn:send(wire.pack(">s4", names .. "\0" .. ("\0"):rep(7)))
  conn:receive_some()   -- what comes next would be the topology
end

return { serve = serve, options = OPTIONS }
