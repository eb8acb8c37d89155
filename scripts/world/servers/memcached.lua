-- A memcached server: the text protocol, and the binary one where it is asked in it.

local wire = require "sonde.wire"

local VERSIONS = { "1.6.21", "1.6.9", "1.5.22", "1.5.6", "1.4.39", "1.4.33", "1.4.25", "1.4.15", "1.4.4" }

local function statistics(host, version)
  local form = "STAT pid %d\r\nSTAT uptime %d\r\nSTAT version %s\r\nSTAT curr_connections %d\r\nEND\r\n"
  return form
    :format(host:number("pid", 1, 30000), host:number("uptime", 1000, 9000000), version, host:number("clients", 1, 300))
end

local function serve_text(conn, host, version)
  while true do
    local verb = conn:receive_line(2048):match "^(%S*)"
    if verb == "version" then
      conn:send("VERSION ", version, "\r\n")
    elseif verb == "stats" then
      conn:send(statistics(host, version))
    elseif verb == "get" or verb == "gets" then
      conn:send "END\r\n"
    elseif verb == "quit" then
      return
    else
      conn:send "ERROR\r\n"
    end
  end
end

-- Requests have a header of 24 bytes, which the answer repeats with magic 0x81.
local function serve_binary(conn, version)
  for _ = 1, 16 do
    local _, operation, _, _, _, _, length, opaque = wire.unpack(">B B I2 B B I2 I4 I4", conn:receive(16))
    conn:receive(8)
    if length > 65536 then return end
    conn:receive(length)
    local known = operation == 0x0b or operation == 0x0a -- version, no-op
    local body = operation == 0x0b and version or known and "" or "Unknown command"
    conn:send(wire.pack(">B B I2 B B I2 I4 I4 x8", 0x81, operation, 0, 0, 0, known and 0 or 0x81, #body, opaque), body)
    if conn:peek(1) ~= "\128" then return end
  end
end

local function serve(conn, host)
  local version = host:choose("version", VERSIONS)
  if conn:peek(1) == "\128" then return serve_binary(conn, version) end
  return serve_text(conn, host, version)
end

local function complain(conn)
  conn:send "ERROR\r\n"
end

return { serve = serve, complain = { tls = complain } }
