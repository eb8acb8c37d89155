-- What is true of the controllers in spec/worlds/servers/s7.lua (RFC 1006, ISO 8073; S7's setup in its observed form).
local hex = require "spec.support.hex"

-- From TSAP 0100, a programming device's, to rack 0, slot 2; 1024 octets.
local CONNECT = hex "03 00 00 16 11 E0 00 00 00 05 00 C0 01 0A C1 02 01 00 C2 02 01 02"
local CONFIRM = hex "03 00 00 16 11 D0 00 05 00 01 00 C0 01 0A C1 02 01 00 C2 02 01 02"
local SETUP = hex "03 00 00 19 02 F0 80 32 01 00 00 04 00 00 08 00 00 F0 00 00 01 00 01 01 E0"
local AGREED = hex "03 00 00 1B 02 F0 80 32 03 00 00 04 00 00 08 00 00 00 00 F0 00 00 01 00 01 00 F0"
local function refused(class, code) return hex("03 00 00 13 02 F0 80 32 02 00 00 04 00 00 00 00 00" .. class .. code) end
-- An ER TPDU with a cause and the invalid TPDU.
local function failed(reference, cause, tpdu)
  return hex(("03 00 00 %02X %02X 70 %s %s C1 %02X"):format(11 + #tpdu, 6 + #tpdu, reference, cause, #tpdu)) .. tpdu
end
local ways = { http = "closed", tls = "closed", newlines = "closed" }   -- no TPKT

return {
  specification = "RFC 1006 and ISO 8073",
  hosts = {
    { handshake = "siemens", ways = ways, fields = { connected = true, calling = 1, called = 1, pdu_size = 240 } },
    -- A refusal that any transport has.
    { handshake = "siemens", service = "cotp", ways = ways, fields = { connected = false, disconnect = 3 } },
    { handshake = "siemens", ways = ways, fields = { connected = true, error_class = 0x81, error_code = 4 } },
  },
  asks = {
    { "data before the transport", SETUP, failed("00 00", "00", SETUP:sub(5)), "closed" },
    { "another class of transport", hex "03 00 00 0B 06 E0 00 00 00 05 20",
      failed("00 05", "03", hex "06 E0 00 00 00 05 20"), "closed" },
    { "a disconnection before the transport", hex "03 00 00 0B 06 80 00 00 00 05 00",
      failed("00 00", "02", hex "06 80 00 00 00 05 00"), "closed" },
    { "nobody in particular", hex "03 00 00 0B 06 E0 00 00 00 05 00", hex "03 00 00 0B 06 80 00 05 00 00 03", "closed" },
    { "units in two parts", CONNECT .. hex "03 00 00 0A 02 F0 00 32 01 00" .. hex "03 00 00 16 02 F0 80" .. SETUP:sub(11),
      CONFIRM .. AGREED },
    { "a confirmation where data should come", CONNECT .. CONFIRM, CONFIRM .. failed("00 01", "02", CONFIRM:sub(5)), "closed" },
    { "a read before the setup", CONNECT .. hex "03 00 00 13 02 F0 80 32 01 00 00 04 00 00 02 00 00 04 00",
      CONFIRM .. refused("81", "00") },
    { "a setup of another length", CONNECT .. hex "03 00 00 12 02 F0 80 32 01 00 00 04 00 00 08 00 00 F0",
      CONFIRM .. refused("85", "00") },
    { "a packet of no length", hex "03 00 00 06", "", "closed" },
  },
  -- Free: what RFC 1006 has reserved; a larger TPDU, a larger unit than the controller's own.
  strict = { { "a connection and a setup", CONNECT .. SETUP, CONFIRM .. AGREED, free = { 2, 14, 24, 47 } } },
}
