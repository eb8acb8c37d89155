-- An MQTT broker (versions 3.1.1 and 5.0): a CONNECT is answered, anything else ends the connection.

local wire = require "sonde.wire"

local CONNECT, CONNACK = 0x10, 0x20

-- The variable-length number of section 2.2.3; nil where it is none.
local function receive_length(conn)
  local value, factor = 0, 1
  for _ = 1, 4 do
    local byte = conn:receive(1):byte()
    value = value + byte % 128 * factor
    if byte < 128 then return value end
    factor = factor * 128
  end
end

local function serve(conn, host)
  if conn:receive(1):byte() ~= CONNECT then
    if host:chance("abrupt", 0.3) then return "reset" end
    return
  end
  local length = receive_length(conn)
  if not length or length < 10 or length > 65536 then return end
  local name, level = wire.unpack(">s2 B", conn:receive(length))
  if name ~= "MQTT" and name ~= "MQIsdp" then return end
  if level > 5 or level < 3 then
    conn:send(string.char(CONNACK, 2, 0, 1)) -- unacceptable protocol version
    return
  end
  local refused = host:chance("password", 0.5)
  if level == 5 then
    conn:send(string.char(CONNACK, 3, 0, refused and 0x87 or 0, 0))
  else
    conn:send(string.char(CONNACK, 2, 0, refused and host:choose("code", { 4, 5, 5, 5 }) or 0))
  end
  if not refused then conn:receive_some() end
end

-- Chances a world may set.
local OPTIONS = {
  abrupt = "share that resets what is no MQTT",
  password = "share that lets nobody in without one",
}

local function complain(conn)
  conn:send(string.char(CONNACK, 2, 0, 1))
end

return { serve = serve, complain = { tls = complain }, options = OPTIONS }
