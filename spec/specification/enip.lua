-- What is true of the devices in spec/worlds/servers/enip.lua (CIP Networks Library, volume 2, chapter 2).
local hex = require "spec.support.hex"

-- A packet of the encapsulation: command and length as they stand there, session, status, options.
local function packet(command, length, session, status, options)
  return hex(command .. length .. (session or "00 00 00 00") .. (status or "00 00 00 00")) .. "lampshop"
    .. hex(options or "00 00 00 00")
end
-- One item of type 0x0C: version 1; 192.0.2.7 and 44818 in network order, all else not; vendor 9999, type 14, product 65,
-- revision 20.11, status 0x30, serial 0x00C0FFEE, its name and state 3.
local IDENTITY = packet("63 00", "2E 00") .. hex "01 00 0C 00 28 00 01 00 00 02 AF 12 C0 00 02 07 00 00 00 00 00 00 00 00"
  .. hex "0F 27 0E 00 41 00 14 0B 30 00 EE FF C0 00" .. "\6A lamp" .. hex "03"
local SERVICES = packet("04 00", "1A 00") .. hex "01 00 00 01 14 00 01 00 20 00" .. "Communications\0\0"
local ONE = "01 00 00 00"

return {
  specification = "the CIP Networks Library, volume 2",
  hosts = {
    { fields = {
      vendor_id = 9999, device_type = 14, product_code = 65, revision = "20.11", status = 0x30, serial = "00c0ffee",
      product = "A lamp", state = 3, address = "192.0.2.7:44818",
    } },
    { fields = { error = 1 } },
  },
  asks = {
    { "its services", packet("04 00", "00 00"), SERVICES },
    { "its interfaces", packet("64 00", "00 00"), packet("64 00", "02 00") .. "\0\0" },
    { "a command that there is not", packet("07 00", "00 00"), packet("07 00", "00 00", nil, ONE) },
    { "a list with data", packet("63 00", "01 00") .. "x", packet("63 00", "00 00", nil, "65 00 00 00") },
    { "a session", packet("65 00", "04 00") .. hex "01 00 00 00", packet("65 00", "04 00", "00 10 00 00") .. hex "01 00 00 00" },
    { "a session of another version", packet("65 00", "04 00") .. hex "02 00 00 00",
      packet("65 00", "04 00", nil, "69 00 00 00") .. hex "01 00 00 00" },
    { "data without a session", packet("6F 00", "00 00", "09 00 00 00"),
      packet("6F 00", "00 00", "09 00 00 00", "64 00 00 00") },
    { "what is discarded", packet("63 00", "00 00", nil, ONE) .. packet("63 00", "00 00", nil, nil, ONE)
      .. packet("00 00", "00 00"), "" },
    { "a farewell", packet("66 00", "00 00"), "", "closed" },
  },
  strict = { { "the list of identities", packet("63 00", "00 00"), function(answer)
    return answer:sub(1, 4) == IDENTITY:sub(1, 4) and answer:sub(9) == IDENTITY:sub(9)
  end, free = { { 5, 8 } } } },   -- the session, which lists do not need
}
