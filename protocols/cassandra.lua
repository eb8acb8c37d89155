-- Cassandra (CQL binary protocol v1 to v5, sections 2, 4.1.3 and 4.2.4): asks for the OPTIONS, which need no login.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local cassandra = {
  name = "cassandra", ports = { 9042 }, first = "client", timeout = 5,
  fields = {
    protocol_version = "version of the answer (number)", cql_versions = "that it speaks (list of strings)",
    compression = "that it knows (list of strings)", protocol_versions = "that it speaks (list of strings)",
    error = "text of an error", error_code = "its number (number)",
  },
}

local REQUEST, OPTIONS, ERROR, SUPPORTED, WITH_WIDE_STREAM = 0x04, 5, 0, 6, 0x83
local BODY_MAX, LIST_MAX, TRACE, WARNINGS = 65536, 32, 2, 8
local KEPT = { CQL_VERSION = "cql_versions", COMPRESSION = "compression", PROTOCOL_VERSIONS = "protocol_versions" }

-- Section 2.2: what the flags announce stands before the rest. The position after it.
local function skip_extras(body, flags)
  local position, count = bit.band(flags, TRACE) > 0 and 17 or 1, 0
  if bit.band(flags, WARNINGS) > 0 then count, position = unpack(">I2", body, position) end
  expect(count <= LIST_MAX, "too many warnings")
  for _ = 1, count do position = select(2, unpack(">s2", body, position)) end
  return position
end

-- Section 3: [string multimap].
local function learn_options(record, body, from)
  local count, position = unpack(">I2", body, from)
  expect(count <= LIST_MAX, "too many options")
  for _ = 1, count do
    local name, values
    name, values, position = unpack(">s2 I2", body, position)
    expect(values <= LIST_MAX, "too many values")
    local list = {}
    for index = 1, values do list[index], position = unpack(">s2", body, position) end
    if KEPT[name] and list[1] then record[KEPT[name]] = list end
  end
end

function cassandra.handshake(conn, record)
  conn:send(wire.pack(">B B I2 B I4", REQUEST, 0, 0, OPTIONS, 0))
  local old = conn:peek(1):byte() < WITH_WIDE_STREAM   -- it knows nothing newer, and says so in its own form
  local head = conn:receive(old and 8 or 9)
  local version, flags, stream, operation, length = unpack(old and ">B B B B I4" or ">B B I2 B I4", head)
  expect(version > 0x80 and version <= 0x87 and stream == 0 and length <= BODY_MAX, "no answer to OPTIONS")
  expect(operation == ERROR or operation == SUPPORTED, "no answer to OPTIONS")
  record.protocol_version = version - 0x80
  local body = conn:receive(length)
  local start = skip_extras(body, flags)
  if operation == SUPPORTED then return learn_options(record, body, start) end
  record.error_code, record.error = unpack(">I4 s2", body, start)
end

return cassandra
