-- A PostgreSQL server (frontend/backend protocol 3.0): says nothing before the client does.

local wire = require "sonde.wire"

local SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102

-- Protocols supported, whether the severity comes untranslated too (field V, since 9.6), where in the source the start-up packet
-- is read, and roughly on which line.
local SOFTWARE = {
  { weight = 2, oldest = "1.0", plain = false, file = "postmaster.c", line = 1890 },
  { weight = 4, oldest = "2.0", plain = true, file = "postmaster.c", line = 2065 },
  { weight = 8, oldest = "3.0", plain = true, file = "postmaster.c", line = 2190 },
  { weight = 2, oldest = "3.0", plain = true, file = "backend_startup.c", line = 690 },
}
-- "FATAL" as the server's locale has it.
local FATAL = { { "FATAL", weight = 14 }, { "FATALE", weight = 1 } }

local function failure(host, state, text, routine)
  local software = host:choose("software", SOFTWARE)
  local severity = host:choose("locale", FATAL)
  local body = ("S%s\0%sC%s\0M%s\0F%s\0L%d\0R%s\0\0"):format(severity, software.plain and "VFATAL\0" or "", state, text,
    routine == "ClientAuthentication" and "auth.c" or software.file,
    (routine == "ClientAuthentication" and 490 or software.line) + host:number("minor", 0, 40), routine)
  return "E" .. wire.pack(">I4", #body + 4) .. body
end

local function authentication(host, conn)
  local kind = host:choose("authentication", { { "md5", weight = 4 }, { "scram", weight = 5 }, { "host", weight = 4 } })
  if kind == "md5" then return "R" .. wire.pack(">I4 I4", 12, 5) .. conn:random(4) end
  if kind == "scram" then return "R" .. wire.pack(">I4 I4", 23, 10) .. "SCRAM-SHA-256\0\0" end
  local text = ('no pg_hba.conf entry for host "%s", user "postgres", database "postgres", no encryption')
    :format(conn.host)
  return failure(host, "28000", text, "ClientAuthentication")
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
      local text = ("unsupported frontend protocol %d.%d: server supports %s to 3.0")
        :format(math.floor(code / 65536), code % 65536, host:choose("software", SOFTWARE).oldest)
      conn:send(failure(host, "0A000", text, "ProcessStartupPacket"))
      return
    elseif not rest:find("user\0", 1, true) then
      conn:send(failure(host, "28000", "no PostgreSQL user name specified in startup packet", "ProcessStartupPacket"))
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

local function complain(conn, host)
  conn:send(failure(host, "08P01", "invalid length of startup packet", "ProcessStartupPacket"))
end

return { serve = serve, complain = { tls = complain, newlines = complain, get = complain }, options = OPTIONS }
