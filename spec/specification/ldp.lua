-- What is true of the router in spec/worlds/servers/ldp.lua (RFC 5036).
local hex = require "spec.support.hex"

-- An Initialization of LSR 192.0.2.1 for LSR 192.0.2.9 with message id 7 (sections 3.1 and 3.5.3); keep-alive 30 s.
local HEAD = "00 01 00 20 C0 00 02 01 00 00"
local INITIALIZATION = hex(HEAD .. "02 00 00 16 00 00 00 07" .. "05 00 00 0E 00 01 00 1E 00 00 00 00 C0 00 02 09 00 00")
-- A Notification (section 3.5.1) of LSR 192.0.2.9, its first message: a status, of message 7.
local function notification(status, of)
  local message = "00 01 00 12 00 00 00 01" .. "03 00 00 0A" .. status .. (of or "00 00 00 07 02 00")
  return hex("00 01 00 1C C0 00 02 09 00 00" .. message)
end
local NO_HELLO = notification "80 00 00 10"
local ways = { http = "ldp", tls = "ldp", newlines = "ldp" }   -- of a bad version

return {
  specification = "RFC 5036",
  hosts = { { ways = ways, fields = { router_id = "192.0.2.9", label_space = 0, message = 1, status = 16 } } },
  asks = {
    { "another version", hex "00 02 00 20", notification("80 00 00 02", "00 00 00 00 00 00"), "closed" },
    { "a PDU that is too short", hex "00 01 00 0D", notification("80 00 00 03", "00 00 00 00 00 00"), "closed" },
    { "a PDU that is too long", hex "00 01 10 01", notification("80 00 00 03", "00 00 00 00 00 00"), "closed" },
    { "no Hello", INITIALIZATION, NO_HELLO, "closed" },
    { "a keep-alive before it", hex "00 01 00 0E C0 00 02 01 00 00 02 01 00 04 00 00 00 07",
      notification("80 00 00 0A", "00 00 00 07 02 01"), "closed" },
    { "a message that leaves its PDU", hex "00 01 00 0E C0 00 02 01 00 00 02 00 00 05 00 00 00 07",
      notification("80 00 00 05"), "closed" },
    { "no parameters", hex "00 01 00 0E C0 00 02 01 00 00 02 00 00 04 00 00 00 07", notification("00 00 00 16") },
    { "an unknown message", hex "00 01 00 0E C0 00 02 01 00 00 07 77 00 04 00 00 00 07",
      notification("00 00 00 04", "00 00 00 07 07 77") },
    { "one that may be passed over", hex "00 01 00 0E C0 00 02 01 00 00 87 77 00 04 00 00 00 07", "" },
    { "a keep-alive time of none", INITIALIZATION:sub(1, 24) .. "\0\0" .. INITIALIZATION:sub(27),
      notification("80 00 00 14"), "closed" },
  },
  -- Free: who we are, what we call the message's number we get back; all about the session that does not come about.
  strict = { { "an initialization", INITIALIZATION, NO_HELLO, free = { { 5, 10 }, { 25, 36 } } } },
}
