-- A MySQL or MariaDB server (protocol version 10): greets first, or says at once whom it does not talk to.

local wire = require "sonde.wire"

local VERSIONS = {
  { "5.7.44-log", weight = 4 }, { "5.7.33-0ubuntu0.18.04.1", weight = 4 }, { "8.0.36-0ubuntu0.22.04.1", weight = 5 },
  { "8.0.35", weight = 4 }, { "8.4.0", weight = 1 }, { "5.6.51", weight = 3 }, { "5.5.62-log", weight = 2 },
  { "5.1.73", weight = 1 }, { "5.5.5-10.3.39-MariaDB-0ubuntu0.20.04.2", weight = 4 },
  { "5.5.5-10.6.16-MariaDB", weight = 3 }, { "5.5.5-10.11.6-MariaDB-0+deb12u1", weight = 4 },
  { "5.5.68-MariaDB", weight = 2 }, { "5.5.5-10.4.32-MariaDB-log", weight = 2 },
}

local function packet(sequence, body)
  return wire.pack("<I3 B", #body, sequence) .. body
end

local function failure(code, state, text)
  return wire.pack("<B I2", 255, code) .. (state and "#" .. state or "") .. text
end

local function greeting(conn, host, version)
  local plugin = version:match "^8" and "caching_sha2_password" or "mysql_native_password"
  local salt = conn:random(20):gsub("[%z\128-\255]", function(byte) return string.char(byte:byte() % 127 + 1) end)
  local low = host:chance("tls", 0.6) and 0xffff or 0xf7ff
  return wire.pack("<B z I4 c8 x I2 B I2 I2 B x10", 10, version, host:number("connections", 8, 900000), salt:sub(1, 8),
    low, host:choose("charset", { 8, 33, 45, 255 }), 2, 0xc1ff, 21) .. salt:sub(9) .. "\0" .. plugin .. "\0"
end

local function serve(conn, host)
  local version = host:choose("version", VERSIONS)
  if host:chance("refuses", 0.45) then
    local product = version:find "MariaDB" and "MariaDB" or "MySQL"
    local text = ("Host '%s' is not allowed to connect to this %s server"):format(conn.host, product)
    conn:send(packet(0, failure(1130, nil, text)))
    return
  end
  conn:send(packet(0, greeting(conn, host, version)))
  local length, sequence = wire.unpack("<I3 B", conn:receive(4))
  if sequence ~= 1 then
    conn:send(packet(1, failure(1156, "08S01", "Got packets out of order")))
    return
  end
  if length < 32 or length > 4096 then
    conn:send(packet(2, failure(1043, "08S01", "Bad handshake")))
    return
  end
  conn:receive(length)
  local text = ("Access denied for user ''@'%s' (using password: NO)"):format(conn.host)
  conn:send(packet(2, failure(1045, "28000", text)))
end

-- Chances a world may set.
local OPTIONS = {
  refuses = "share that does not talk to strangers",
  tls = "share that offers TLS",
}

return { serve = serve, options = OPTIONS }
