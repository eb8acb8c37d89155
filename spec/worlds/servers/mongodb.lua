-- A MongoDB server (MongoDB Wire Protocol, "MsgHeader" to "OP_REPLY"; BSON 1.1; the commands hello, isMaster and buildInfo).
local wire = require "sonde.wire"

local OPTIONS = {
  wire = "maxWireVersion (21); up to 5 it has no OP_MSG, from 14 on OP_QUERY only for the first hello", version = "its version",
  users = "true: wants a login for all that may want one", set_name = "of its replica set", router = "true: is a mongos",
  odd = "true: says hello with a value of every type that BSON has",
}

local OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
local WITH_OP_MSG, WITHOUT_OP_QUERY, WITH_HELLO_OK = 6, 14, 9
local HEADER, MESSAGE_MAX = 16, 48000000
local REQUIRED_BITS = 0x10000            -- flag bits below are an error where they are not known: 0 checksum, 1 more to come
local UNAUTHORIZED, NOT_FOUND, NO_QUERY, NO_DB, DB_IN_QUERY = 13, 59, 352, 40571, 40621
local OK = "\1ok\0\0\0\0\0\0\0\240\63"   -- the double 1.0
local FAILED = "\1ok\0\0\0\0\0\0\0\0\0"

-- BSON elements, and the document around them.
local function text(name, value) return wire.pack("<B z s4", 2, name, value .. "\0") end
local function int32(name, value) return wire.pack("<B z i4", 16, name, value) end
local function truth(name, value) return wire.pack("<B z B", 8, name, value and 1 or 0) end

local function document(...)
  local body = table.concat { ... }
  return wire.pack("<I4", #body + 5) .. body .. "\0"
end

local function failure(code, name, message)
  return document(FAILED, text("errmsg", message), int32("code", code), text("codeName", name))
end

local read_document

local READERS = {
  [1] = function(_, at) return 0, at + 8 end,
  [2] = function(bytes, at)
    local value, after = wire.unpack("<s4", bytes, at)
    return value:find "^[^%z]*%z$" and value:sub(1, -2), after
  end,
  [8] = function(bytes, at)
    local value, after = wire.unpack("B", bytes, at)
    if value > 1 then return nil end
    return value == 1 and "true" or "false", after
  end,
  [16] = function(bytes, at) return wire.unpack("<i4", bytes, at) end,
  [18] = function(_, at) return 0, at + 8 end,
}
READERS[3] = function(bytes, at) return read_document(bytes, at) end
READERS[4] = READERS[3]

-- The document at a position: its values by name, the first name, and the position after it; nil where a length, a type or an
-- ending is not as BSON has it.
function read_document(bytes, from)
  local size, at = wire.unpack("<I4", bytes, from)
  local finish = from + size - 1
  if size < 5 or finish > #bytes or bytes:byte(finish) ~= 0 then return nil end
  local values, first = {}, nil
  while at < finish do
    local kind, name = wire.unpack("<B z", bytes, at)
    local read = READERS[kind]
    if not read then return nil end
    values[name], at = read(bytes, at + 2 + #name)
    if values[name] == nil or values[name] == false or not at or at > finish then return nil end
    first = first or name
  end
  return values, at == finish and from + size or nil, first
end

-- BSON 1.1: each type that a hello has no use for, in the order of their numbers.
local ODD = table.concat {
  "\1double\0\0\0\0\0\0\0\240\63", "\3document\0\5\0\0\0\0", "\4array\0\5\0\0\0\0", "\5binary\0\2\0\0\0\0ab",
  "\6undefined\0", "\7id\0" .. ("i"):rep(12), "\10null\0", "\11regex\0^a\0i\0", "\12pointer\0\2\0\0\0a\0" .. ("i"):rep(12),
  "\13code\0\2\0\0\0f\0", "\14symbol\0\2\0\0\0s\0", "\15scope\0\15\0\0\0\2\0\0\0f\0\5\0\0\0\0", "\17timestamp\0" .. ("t"):rep(8),
  "\18long\0" .. ("l"):rep(8), "\19decimal\0" .. ("d"):rep(16), "\255least\0", "\127most\0",
}

local function hello(options, values, command)
  local newest = options.wire or 21
  local agreed = values.helloOk == "true" and newest >= WITH_HELLO_OK
  return document(options.odd and ODD or "", agreed and truth("helloOk", true) or "",
    truth(command == "hello" and "isWritablePrimary" or "ismaster", true), options.router and text("msg", "isdbgrid") or "",
    options.set_name and text("setName", options.set_name) or "", int32("maxBsonObjectSize", 16777216),
    int32("maxMessageSizeBytes", MESSAGE_MAX), int32("maxWriteBatchSize", 100000),
    wire.pack("<B z I4 I4", 9, "localTime", 0, 396), int32("minWireVersion", 0), int32("maxWireVersion", newest),
    truth("readOnly", false), OK)
end

-- The answer to a command, which is the first name of its document.
local function run(options, values, command)
  if command == "hello" or command:lower() == "ismaster" then return hello(options, values, command) end
  if options.users then return failure(UNAUTHORIZED, "Unauthorized", "Command " .. command .. " requires authentication") end
  if command:lower() == "buildinfo" then
    return document(text("version", options.version or "7.0.5"), text("gitVersion", "7809d71e84e314b497f282ea8aa06d7ded3eb205"),
      text("allocator", "tcmalloc"), text("javascriptEngine", "mozjs"), int32("bits", 64), truth("debug", false), OK)
  end
  if command == "ping" then return document(OK) end
  return failure(NOT_FOUND, "CommandNotFound", "no such command: '" .. command .. "'")
end

-- "OP_QUERY": for commands, a collection named $cmd and one document, to be answered at once.
local function answer_query(body, options)
  local flags, name, skip, count, at = wire.unpack("<I4 z I4 i4", body)
  local values, after, command = read_document(body, at)
  if not after or after ~= #body + 1 or not command then return nil end
  if flags % 2 == 1 or skip ~= 0 or count ~= -1 and count ~= 1 or not name:find "^[^%.%$]+%.%$cmd$" then return nil end
  if (options.wire or 21) >= WITHOUT_OP_QUERY and command ~= "hello" and command:lower() ~= "ismaster" then
    return failure(NO_QUERY, "UnsupportedOpQueryCommand", "Unsupported OP_QUERY command: " .. command)
  end
  if values["$db"] then return failure(DB_IN_QUERY, "Location40621", "$db is not allowed in OP_QUERY requests") end
  return run(options, values, command)
end

-- "OP_MSG": one section of kind 0, which is all that a command without documents has; no checksum.
local function answer_message(body, options)
  local flags, kind, at = wire.unpack("<I4 B", body)
  if flags % REQUIRED_BITS ~= 0 or kind ~= 0 then return nil end
  local values, after, command = read_document(body, at)
  if not after or after ~= #body + 1 or not command then return nil end
  if type(values["$db"]) ~= "string" then
    return failure(NO_DB, "Location40571", "OP_MSG requests require a $db argument")
  end
  return run(options, values, command)
end

local function serve(conn, host)
  local options = host.options
  local newest = options.wire or 21
  while true do
    if conn:peek(4) == "GET " then   -- what the port says to browsers
      local page = "It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"
      return conn:send("HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ", tostring(#page),
        "\r\n\r\n", page)
    end
    local length, id, _, operation = wire.unpack("<I4 I4 I4 I4", conn:receive(HEADER))
    if length < HEADER + 5 or length > MESSAGE_MAX then return end
    if operation ~= OP_QUERY and (operation ~= OP_MSG or newest < WITH_OP_MSG) then return end
    local body = conn:receive(length - HEADER)
    local answer = (operation == OP_MSG and answer_message or answer_query)(body, options)
    if not answer then return end
    if operation == OP_MSG then
      conn:send(wire.pack("<I4 I4 I4 I4 I4 B", 21 + #answer, id + 1, id, OP_MSG, 0, 0), answer)
    else
      conn:send(wire.pack("<I4 I4 I4 I4 I4 x8 I4 I4", 36 + #answer, id + 1, id, OP_REPLY, 8, 0, 1), answer)
    end
  end
end

return { serve = serve, options = OPTIONS }
