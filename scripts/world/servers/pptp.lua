-- A PPTP server's control connection (RFC 2637): replies to a Start-Control-Connection-Request, to nothing else.

local wire = require "sonde.wire"

local COOKIE = 0x1a2b3c4d
local REQUEST_LENGTH = 156

local VENDORS = {
  { weight = 8, vendor = "MikroTik", host = "MikroTik", revision = 1 }, { weight = 5, vendor = "linux", revision = 1 },
  { weight = 3, vendor = "Microsoft", host = "", revision = 0 },
  { weight = 3, vendor = "DrayTek", host = "Vigor", revision = 1 },
  { weight = 2, vendor = "Fortinet pptp", host = "", revision = 1 },
  { weight = 1, vendor = "YAMAHA Corporation", revision = 1 },
}

local function serve(conn, host)
  local vendor = host:choose("vendor", VENDORS)
  local length, kind, cookie = wire.unpack(">I2 I2 I4", conn:receive(8))
  local good_only, bad_only, share = host.options.only_good or 1, host.options.only_bad or 0, host:share "filter"
  if cookie == COOKIE and share >= 1 - bad_only then return "reset" end
  if cookie ~= COOKIE and share < good_only then
    if host:chance("mute", 0.5) then conn:sleep(30) end
    return
  end
  if length ~= REQUEST_LENGTH or kind ~= 1 then return end
  local operation = wire.unpack(">I2", conn:receive(length - 8))
  if operation ~= 1 then return end
  local name = vendor.host or host:name():match "^[^.]+"
  conn:send(wire.pack(">I2 I2 I4 I2 I2 I2 B B I4 I4 I2 I2 c64 c64", REQUEST_LENGTH, 1, COOKIE, 2, 0, 0x100, 1, 0, 3, 3,
    vendor.vendor == "linux" and 1 or 0, vendor.revision, name, vendor.vendor))
  conn:receive_some()
end

-- Chances a world may set.
local OPTIONS = {
  only_good = "share that answers the right cookie only (usually all)",
  only_bad = "share that answers wrong cookies only",
  mute = "share that ignores what is no PPTP, where others hang up",
}

return { serve = serve, options = OPTIONS }
