-- An Oracle listener (Oracle Net Services): refuses, redirects or asks again.

local wire = require "sonde.wire"

local CONNECT, REFUSE, REDIRECT, RESEND = 1, 4, 5, 11
local VERSIONS = { 186647552, 186647296, 202375680, 203424000, 301989888, 318767104 }

local function packet(kind, body)
  return wire.pack(">I2 x2 B x3", #body + 8, kind) .. body
end

local function serve(conn, host)
  for turn = 1, 3 do
    local length, kind = wire.unpack(">I2 x2 B x3", conn:receive(8))
    if kind ~= CONNECT or length < 58 or length > 8192 then return "reset" end
    conn:receive(length - 8)
    if turn == 1 and host:chance("asks_again", 0.1) then
      conn:send(packet(RESEND, ""))
    elseif host:chance("redirects", 0.08) then
      local text = ("(ADDRESS=(PROTOCOL=tcp)(HOST=%s)(PORT=%d))"):format(host:name(), host:number("port", 1024, 65535))
      return conn:send(packet(REDIRECT, wire.pack(">s2", text)))
    else
      local text = ("(DESCRIPTION=(TMP=)(VSNNUM=%d)(ERR=%d)(ERROR_STACK=(ERROR=(CODE=%d)(EMFI=4))))")
        :format(host:choose("version", VERSIONS), host:choose("error", { 1153, 1189, 12504, 12505 }), 12504)
      return conn:send(packet(REFUSE, wire.pack(">B B s2", 34, 0, text)))
    end
  end
end

-- Chances a world may set.
local OPTIONS = { asks_again = "share that wants the request twice", redirects = "share that sends elsewhere" }

return { serve = serve, options = OPTIONS }
