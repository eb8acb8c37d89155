-- IPP's messages (RFC 8010 section 3): a request for attributes of a printer, and the attributes of the answer.

local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local ipp_messages = {}

local GET_PRINTER_ATTRIBUTES, OPERATION, END, ATTRIBUTES_MAX = 0x000B, 1, 3, 64
local KEYWORD, URI, CHARSET, LANGUAGE = 0x44, 0x45, 0x47, 0x48
local LAST_DELIMITER = 0x0F   -- section 3.5.1

local function attribute(tag, name, value)
  return pack(">B s2 s2", tag, name, value)
end

-- RFC 8011 section 4.2.5: asks the printer at "/" for the attributes named.
function ipp_messages.request(host, names)
  local wanted = ""
  for i, name in ipairs(names) do wanted = wanted .. attribute(KEYWORD, i == 1 and "requested-attributes" or "", name) end
  return pack(">B B I2 I4 B", 1, 1, GET_PRINTER_ATTRIBUTES, 1, OPERATION) .. attribute(CHARSET, "attributes-charset", "utf-8") ..
    attribute(LANGUAGE, "attributes-natural-language", "en") .. attribute(URI, "printer-uri", "ipp://" .. host .. "/") ..
    wanted .. pack("B", END)
end

-- The answer's head: version and status code; and where the attributes begin.
function ipp_messages.head(body)
  local major, minor, code, position = unpack(">B B I2 x4", body)
  return major .. "." .. minor, code, position
end

-- for name, value in ipp_messages.attributes(body, position) do ... end   An attribute of several values comes several times.
function ipp_messages.attributes(body, position)
  local name, count = "", 0
  return function()
    while count < ATTRIBUTES_MAX do
      count = count + 1
      local tag, start = unpack("B", body, position)
      position = start
      if tag == END then return nil end
      if tag > LAST_DELIMITER then   -- an empty name means one value more
        local given, value
        given, value, position = unpack(">s2 s2", body, position)
        name = given == "" and name or given
        return name, value
      end
    end
  end
end

return ipp_messages
