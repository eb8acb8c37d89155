-- MongoDB (wire protocol, OP_QUERY and OP_MSG; "MongoDB Handshake"): isMaster in the old form, which all servers know, then
-- buildInfo in the new one where the server has it. Neither needs a login.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local mongodb = {
  name = "mongodb", ports = { 27017, 27018 }, first = "client", timeout = 5,
  fields = {
    primary = "whether it takes writes (boolean)", max_wire_version = "newest form of messages (number)",
    set_name = "name of its replica set", kind = "isdbgrid: a router", error = "text of an error",
    error_code = "its number (number)", version = "server version", git_version = "commit it was built from",
    allocator = "e.g. tcmalloc", javascript_engine = "e.g. mozjs",
  },
}

local OP_REPLY, OP_QUERY, OP_MSG, WIRE_OP_MSG = 1, 2004, 2013, 6
local MESSAGE_MAX, ELEMENTS_MAX = 65536, 256
-- BSON specification 1.1: types whose values are kept, and those that are stepped over (documents too).
local KEPT = { [2] = "<s4", [8] = "<B", [16] = "<i4" }
local SKIPPED = {
  [1] = "x8", [5] = "<s4 x", [7] = "x12", [9] = "x8", [10] = "", [11] = "z z", [17] = "x8", [18] = "x8", [19] = "x16",
}

local function document(elements)
  return pack("<I4", #elements + 5) .. elements .. "\0"
end

local function read_document(bytes, position)
  local values = {}
  position = position + 4
  for _ = 1, ELEMENTS_MAX do
    local kind, start = unpack("<B", bytes, position)
    if kind == 0 then return values end
    local name
    name, position = unpack("<z", bytes, start)
    if kind == 3 or kind == 4 then
      local size = unpack("<I4", bytes, position)
      expect(size >= 5, "no document")
      position = position + size
    elseif KEPT[kind] then
      values[name], position = unpack(KEPT[kind], bytes, position)
    else
      position = select(-1, unpack(expect(SKIPPED[kind], "unknown type"), bytes, position))
    end
  end
  return values
end

local function receive_document(conn)
  local length = unpack("<I4", conn:peek(4))
  expect(length >= 26 and length <= MESSAGE_MAX, "message of a forbidden length")
  expect(unpack("<x12 I4", conn:peek(16)) ~= 0, "no reply")
  local message = conn:receive(length)
  local operation = unpack("<x12 I4", message)
  expect(operation == OP_REPLY or operation == OP_MSG, "no reply")
  return read_document(message, operation == OP_REPLY and 37 or 22)
end

local function text(value)
  return type(value) == "string" and value:match "^[^%z]*" or nil
end

local function number(value)
  return type(value) == "number" and value or nil
end

function mongodb.handshake(conn, record)
  local hello = document(pack("<B z i4 B z B", 16, "isMaster", 1, 8, "helloOk", 1))
  conn:send(pack("<I4 I4 I4 I4 I4 z I4 i4", 39 + #hello, 1, 0, OP_QUERY, 0, "admin.$cmd", 0, -1), hello)
  local values = receive_document(conn)
  record.error, record.error_code = text(values.errmsg), number(values.code)
  expect(values.maxWireVersion or values.ismaster or record.error, "no answer to isMaster")
  record.primary, record.max_wire_version = values.ismaster == 1, number(values.maxWireVersion)
  record.set_name, record.kind = text(values.setName), text(values.msg)
  if (record.max_wire_version or 0) < WIRE_OP_MSG then return end
  local build = document(pack("<B z i4 B z s4", 16, "buildInfo", 1, 2, "$db", "admin\0"))
  conn:send(pack("<I4 I4 I4 I4 I4 B", 21 + #build, 2, 0, OP_MSG, 0, 0), build)
  values = receive_document(conn)
  record.version, record.git_version = text(values.version), text(values.gitVersion)
  record.allocator, record.javascript_engine = text(values.allocator), text(values.javascriptEngine)
  record.error, record.error_code = text(values.errmsg), number(values.code)
end

return mongodb
