-- AMQP 1.0 (OASIS standard, part 2 section 2.2; part 5 section 5.3): sends the header of the SASL layer.
-- With it, servers list their mechanisms; others answer with the header that they want. No mechanism is chosen.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local amqp1 = {
  name = "amqp1", service = "amqp", first = "client", timeout = 5,
  fields = {
    protocol_version = "of the server's header, e.g. 1.0.0", layer = "what it wants first: AMQP, TLS or SASL",
    mechanisms = "for login (list of strings)",
  },
}

local HEADER = "AMQP\3\1\0\0"
local LAYERS = { [0] = "AMQP", [2] = "TLS", [3] = "SASL" }
local SASL_FRAME, MECHANISMS, FRAME_MAX, LIST_MAX = 1, "\0\83\64", 4096, 32
-- Part 1 section 1.6: constructors of lists, arrays and symbols, each in a short form and a long one.
local LISTS, ARRAYS = { [0xC0] = "B B", [0xD0] = ">I4 I4" }, { [0xE0] = "B B", [0xF0] = ">I4 I4" }
local SYMBOLS = { [0xA3] = "s1", [0xB3] = ">s4" }

-- One symbol, or an array of them.
local function read_symbols(frame, position)
  local count, kind = 1, unpack("B", frame, position)
  position = position + 1
  if ARRAYS[kind] then
    local _
    _, count, position = unpack(ARRAYS[kind], frame, position)
    kind, position = unpack("B", frame, position)
  end
  expect(SYMBOLS[kind] and count <= LIST_MAX, "no mechanisms")
  local list = {}
  for index = 1, count do list[index], position = unpack(SYMBOLS[kind], frame, position) end
  return list[1] and list
end

function amqp1.handshake(conn, record)
  conn:send(HEADER)
  local header = conn:receive(8)
  expect(header:sub(1, 4) == "AMQP", "no AMQP header")
  local id, major, minor, revision = header:byte(5, 8)
  record.layer = major == 1 and LAYERS[id] or "AMQP"
  record.protocol_version = major .. "." .. minor .. "." .. revision   -- 0-9-1 stands as 0, 0, 9, 1
  if header ~= HEADER then return end
  local length, offset, kind = unpack(">I4 B B", conn:receive(8))
  expect(length >= 13 and length <= FRAME_MAX and offset == 2 and kind == SASL_FRAME, "no frame of SASL")
  local frame = conn:receive(length - 8)
  expect(frame:sub(1, 3) == MECHANISMS, "no mechanisms")
  local form = expect(LISTS[frame:byte(4)], "no list")
  record.mechanisms = read_symbols(frame, select(-1, unpack(form, frame, 5)))
end

return amqp1
