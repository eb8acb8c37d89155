-- A PostgreSQL server (frontend/backend protocol 3.0): says nothing before the client does.

local wire = require "sonde.wire"

local SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102

local function failure(state, text, file, line, routine)
  local body = ("SFATAL\0VFATAL\0C%s\0M%s\0F%s\0L%d\0R%s\0\0"):format(state, text, file, line, routine)
  return "E" .. wire.pack(">I4", #body + 4) .. body
end

local function authentication(host, conn)
  local kind = host:choose("authentication", { { "md5", weight = 4 }, { "scram", weight = 5 }, { "host", weight = 4 } })
  if kind == "md5" then return "R" .. wire.pack(">I4 I4", 12, 5) .. conn:random(4) end
  if kind == "scram" then return "R" .. wire.pack(">I4 I4", 23, 10) .. "SCRAM-SHA-256\0\0" end
  local text = ('no pg_hba.conf entry for host "%s", user "postgres", database "postgres", no encryption')
    :format(conn.host)
  return failure("28000", text, "auth.c", host:choose("line", { 496, 543, 562 }), "ClientAuthentication")
end

local function serve(conn, host)
  for _ = 1, 3 do
    local length, code = wire.unpack(">I4 I4", conn:receive(8))
    if length < 8 or length > 10000 then return end -- "invalid length of startup packet" goes to its log only
    local rest = conn:receive(length - 8)
    if code == SSL_REQUEST then
      conn:send(host:chance("tls", 0.5) and "S" or "N")
    elseif code == GSS_REQUEST then
      conn:send "N"
    elseif code == CANCEL_REQUEST then
      return
    elseif math.floor(code / 65536) ~= 3 then
      local text = ("unsupported frontend protocol %d.%d: server supports 3.0 to 3.0")
        :format(math.floor(code / 65536), code % 65536)
      conn:send(failure("0A000", text, "postmaster.c", 2194, "ProcessStartupPacket"))
      return
    elseif not rest:find("user\0", 1, true) then
      conn:send(failure("28000", "no PostgreSQL user name specified in startup packet", "postmaster.c", 2358,
        "ProcessStartupPacket"))
      return
    else
      conn:send(authentication(host, conn))
      conn:receive_some()
      return
    end
  end
end

-- Chances a world may set.
local OPTIONS = {
  tls = "share that takes up TLS",
}

local function complain(conn)
  conn:send(failure("08P01", "invalid length of startup packet", "postmaster.c", 2020, "ProcessStartupPacket"))
end

return { serve = serve, complain = { tls = complain, newlines = complain, get = complain }, options = OPTIONS }
