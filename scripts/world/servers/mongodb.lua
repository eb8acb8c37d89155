-- A MongoDB server: its wire protocol (OP_MSG, OP_QUERY) as far as hello and buildInfo, and a page for those who ask in HTTP.

local wire = require "sonde.wire"

local OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013

local VERSIONS = {
  { weight = 2, name = "2.6.12", wire = 2 }, { weight = 3, name = "3.2.22", wire = 4 },
  { weight = 4, name = "3.4.24", wire = 5 }, { weight = 7, name = "3.6.23", wire = 6 },
  { weight = 6, name = "4.0.28", wire = 7 }, { weight = 5, name = "4.2.24", wire = 8 },
  { weight = 6, name = "4.4.29", wire = 9 }, { weight = 4, name = "5.0.26", wire = 13 },
  { weight = 3, name = "6.0.15", wire = 17 }, { weight = 2, name = "7.0.9", wire = 21 },
}

-- BSON (bsonspec.org): elements one after the other, then the length and a zero around them.
local function text(name, value)
  return wire.pack("<B z s4", 2, name, value .. "\0")
end

local function int32(name, value)
  return wire.pack("<B z I4", 16, name, value)
end

local function yes(name)
  return wire.pack("<B z B", 8, name, 1)
end

local function document(...)
  local body = table.concat({ ... })
  return wire.pack("<I4", #body + 5) .. body .. "\0"
end

-- IEEE 754 binary64 of 1.0: what MongoDB calls a good result.
local OK = "\1ok\0\0\0\0\0\0\0\240\63"

local function refused(version)
  if version < 5 then return document(text("errmsg", "no such command"), int32("code", 59)) end
  return document(text("errmsg", "command requires authentication"), int32("code", 13), text("codeName", "Unauthorized"))
end

local function reply_to(host, body)
  local version = host:choose("version", VERSIONS)
  local lower = body:lower()
  if lower:find("ismaster", 1, true) or lower:find("hello", 1, true) then
    return document(yes "ismaster", int32("maxBsonObjectSize", 16777216), int32("maxMessageSizeBytes", 48000000),
      int32("maxWriteBatchSize", version.wire > 5 and 100000 or 1000), int32("minWireVersion", 0),
      int32("maxWireVersion", version.wire), OK)
  end
  if lower:find("buildinfo", 1, true) then
    return document(text("version", version.name), text("gitVersion", host:hex("commit", 20)), int32("bits", 64), OK)
  end
  return refused(version.wire)
end

local HINT = "It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"

local function complain(conn)
  conn:send("HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ", tostring(#HINT),
    "\r\n\r\n", HINT)
end

local function serve(conn, host)
  for _ = 1, 8 do
    local first = conn:peek(4)
    if first == "GET " then
      conn:receive_until("\r\n\r\n", 8192)
      return complain(conn)
    end
    local length, id, _, operation = wire.unpack("<I4 I4 I4 I4", conn:receive(16))
    if length < 21 or length > 65536 then return end
    local body = conn:receive(length - 16)
    local answer = reply_to(host, body)
    if operation == OP_MSG then
      conn:send(wire.pack("<I4 I4 I4 I4 I4 B", 21 + #answer, id + 1, id, OP_MSG, 0, 0), answer)
    elseif operation == OP_QUERY then
      conn:send(wire.pack("<I4 I4 I4 I4 I4 x8 I4 I4", 36 + #answer, id + 1, id, OP_REPLY, 8, 0, 1), answer)
    else
      return
    end
  end
end

return { serve = serve, complain = { tls = complain, newlines = complain } }
