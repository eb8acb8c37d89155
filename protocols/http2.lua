-- HTTP/2 with prior knowledge (RFC 9113 sections 3.3 and 3.4): sends the preface and empty SETTINGS, reads the server's, leaves.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local http2 = {
  name = "http2", first = "client", timeout = 5,
  fields = {
    settings = "their numbers, in the server's order (list of numbers)", header_table_size = "bytes (number)",
    enable_push = "0 or 1 (number)", max_concurrent_streams = "requests at once (number)",
    initial_window_size = "bytes (number)", max_frame_size = "bytes (number)",
    max_header_list_size = "bytes (number)", enable_connect_protocol = "0 or 1 (number)",
    error = "error code of a GOAWAY (number)", debug = "text of a GOAWAY",
  },
}

local SETTINGS, GOAWAY, ACK, PAYLOAD_MAX = 4, 7, 1, 1024
local NAMES = {   -- section 6.5.2, and RFC 8441
  "header_table_size", "enable_push", "max_concurrent_streams", "initial_window_size", "max_frame_size",
  "max_header_list_size", [8] = "enable_connect_protocol",
}

local function frame(kind, flags, payload)
  return pack(">I3 B B I4", #payload, kind, flags, 0) .. payload
end

function http2.handshake(conn, record)
  conn:send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", frame(SETTINGS, 0, ""))
  local length, kind, flags, stream = unpack(">I3 B B I4", conn:receive(9))
  expect((kind == SETTINGS or kind == GOAWAY) and flags == 0 and stream == 0, "no server preface")
  expect(length <= PAYLOAD_MAX, "frame too long")
  local payload = conn:receive(length)
  if kind == GOAWAY then
    record.error = unpack(">x4 I4", payload)
    record.debug = length > 8 and payload:sub(9) or nil
    return
  end
  expect(length % 6 == 0, "frame of a wrong length")
  local list = {}
  for position = 1, length, 6 do
    local number, value = unpack(">I2 I4", payload, position)
    list[#list + 1] = number
    if NAMES[number] then record[NAMES[number]] = value end
  end
  record.settings = list[1] and list
  conn:send(frame(SETTINGS, ACK, ""), frame(GOAWAY, 0, pack(">I4 I4", 0, 0)))
end

return http2
