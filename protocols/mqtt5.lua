-- MQTT 5.0 (OASIS standard, sections 3.1 and 3.2): CONNECT without credentials and with no id of our own, then DISCONNECT.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local mqtt5 = {
  name = "mqtt5", service = "mqtt", first = "client", timeout = 5,
  fields = {
    code = "reason code of the CONNACK, 0: accepted, 132: another version (number)",
    session_present = "whether the broker knew our id (boolean)", client_id = "the id it gave us",
    keep_alive = "seconds it wants (number)", maximum_qos = "0 or 1 (number)", retain = "whether it can (boolean)",
    topic_alias_maximum = "how many it takes (number)", receive_maximum = "how many messages at once (number)",
    reason = "in words", server_reference = "where to go instead",
  },
}

local CONNECT, CONNACK, DISCONNECT, CLEAN_START, ANSWER_MAX = 0x10, 0x20, 0xE0, 2, 1024
-- Section 3.2.2.3: identifier -> how it is read, and the field it goes to.
local PROPERTIES = {
  [17] = { ">I4" }, [18] = { ">s2", "client_id" }, [19] = { ">I2", "keep_alive" }, [21] = { ">s2" }, [22] = { ">s2" },
  [26] = { ">s2" }, [28] = { ">s2", "server_reference" }, [31] = { ">s2", "reason" }, [33] = { ">I2", "receive_maximum" },
  [34] = { ">I2", "topic_alias_maximum" }, [36] = { ">B", "maximum_qos" }, [37] = { ">B", "retain" }, [38] = { ">s2 s2" },
  [39] = { ">I4" }, [40] = { ">B" }, [41] = { ">B" }, [42] = { ">B" },
}

-- Section 1.5.5: seven bits a byte; byte_at(place) gives one after the other, from 0 on. The value, and of how many bytes it is.
local function variable(byte_at)
  local value = 0
  for place = 0, 3 do
    local digit = byte_at(place)
    value = value + digit % 128 * 128 ^ place
    if digit < 128 then return value, place + 1 end
  end
  expect(false, "length of more than four bytes")
end

function mqtt5.handshake(conn, record)
  conn:send(wire.pack(">B s1", CONNECT, wire.pack(">s2 B B I2 B s2", "MQTT", 5, CLEAN_START, 30, 0, "")))
  expect(conn:receive(1):byte() == CONNACK, "no CONNACK")
  local length = variable(function() return conn:receive(1):byte() end)
  expect(length >= 2 and length <= ANSWER_MAX, "CONNACK of a forbidden length")
  local answer = conn:receive(length)
  local flags, code, position = wire.unpack("BB", answer)
  expect(flags <= 1, "no CONNACK")
  record.session_present, record.code = flags == 1, code
  if length > 2 then   -- what a broker of version 3 leaves out
    local size, bytes = variable(function(place) return (wire.unpack("B", answer, position + place)) end)
    position = position + bytes
    expect(position + size == length + 1, "properties of a wrong length")
  end
  while position <= length do
    local property = expect(PROPERTIES[answer:byte(position)], "unknown property")
    local value = wire.unpack(property[1], answer, position + 1)
    position = select(-1, wire.unpack(property[1], answer, position + 1))
    if property[2] == "retain" then value = value == 1 end
    if property[2] then record[property[2]] = value end
  end
  if code == 0 then conn:send(wire.pack("BB", DISCONNECT, 0)) end
end

return mqtt5
