-- MongoDB (MongoDB Wire Protocol): asks isMaster in the old form, which all know, then buildInfo in the newest it has. No login.
local bson = require "sonde.bson"
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

local OP_REPLY, OP_QUERY, OP_MSG, WIRE_OP_MSG, MESSAGE_MAX = 1, 2004, 2013, 6, 65536
local DOCUMENT_AT = { [OP_REPLY] = 37, [OP_MSG] = 22 }
local HELLO = bson.document(bson.int32("isMaster", 1), bson.boolean("helloOk", true))
local BUILD_INFO = bson.int32("buildInfo", 1)
local BUILD, OLD_BUILD = bson.document(BUILD_INFO, bson.text("$db", "admin")), bson.document(BUILD_INFO)

local function receive_document(conn)
  local length = unpack("<I4", conn:peek(4))
  expect(length >= 26 and length <= MESSAGE_MAX, "message of a forbidden length")
  expect(unpack("<x12 I4", conn:peek(16)) ~= 0, "no reply")
  local message = conn:receive(length)
  return bson.read(message, expect(DOCUMENT_AT[unpack("<x12 I4", message)], "no reply"))
end

-- The value where it is of this type: a server may send anything under any name.
local function of(kind, value)
  return type(value) == kind and value or nil
end

local function learn_error(record, values)
  record.error, record.error_code = of("string", values.errmsg), of("number", values.code)
end

local function query(conn, id, body)
  conn:send(pack("<I4 I4 I4 I4 I4 z I4 i4", 39 + #body, id, 0, OP_QUERY, 0, "admin.$cmd", 0, -1), body)
end

function mongodb.handshake(conn, record)
  query(conn, 1, HELLO)
  local values = receive_document(conn)
  learn_error(record, values)
  expect(values.maxWireVersion or values.ismaster ~= nil or record.error, "no answer to isMaster")
  record.primary, record.max_wire_version = values.ismaster == true, of("number", values.maxWireVersion)
  record.set_name, record.kind = of("string", values.setName), of("string", values.msg)
  if record.error then return end
  local old = (record.max_wire_version or 0) < WIRE_OP_MSG
  if old then query(conn, 2, OLD_BUILD) else conn:send(pack("<I4 I4 I4 I4 I4 B", 21 + #BUILD, 2, 0, OP_MSG, 0, 0), BUILD) end
  values = receive_document(conn)
  record.version, record.git_version = of("string", values.version), of("string", values.gitVersion)
  record.allocator, record.javascript_engine = of("string", values.allocator), of("string", values.javascriptEngine)
  learn_error(record, values)
end

return mongodb
