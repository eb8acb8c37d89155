-- What is true of the servers in spec/worlds/servers/mongodb.lua.
local hex = require "spec.support.hex"
local wire = require "sonde.wire"

local function query(body)
  return wire.pack("<I4 I4 I4 I4 I4 z I4 i4", 39 + #body, 7, 0, 2004, 0, "admin.$cmd", 0, -1) .. body
end
local function message(body) return wire.pack("<I4 I4 I4 I4 I4 B", 21 + #body, 7, 0, 2013, 0, 0) .. body end
local function says(kind, words)
  return function(received) return received:sub(13, 16) == kind and received:find(words, 1, true) end
end

local REPLY, MESSAGE = hex "01 00 00 00", hex "DD 07 00 00"
local IS_MASTER = hex "1D 00 00 00 10" .. "isMaster" .. hex "00 01 00 00 00 08" .. "helloOk" .. hex "00 01 00"
local BUILD_INFO = hex "14 00 00 00 10" .. "buildInfo" .. hex "00 01 00 00 00 00"
local PING = hex "1E 00 00 00 10" .. "ping" .. hex "00 01 00 00 00 02" .. "$db" .. hex "00 06 00 00 00" .. "admin" .. hex "00 00"
local WORLD = hex "16 00 00 00 02" .. "hello" .. hex "00 06 00 00 00" .. "world" .. hex "00 00"   -- bsonspec.org, "Examples"
local ways = { http = "mongodb", tls = "closed" }

local function built(version)
  return {
    version = version, git_version = "7809d71e84e314b497f282ea8aa06d7ded3eb205", allocator = "tcmalloc",
    javascript_engine = "mozjs",
  }
end
local function with(fields, more)
  for key, value in pairs(more) do fields[key] = value end
  return fields
end

return {
  specification = "the MongoDB Wire Protocol",
  hosts = {
    { fields = with(built "7.0.5", { primary = true, max_wire_version = 21, set_name = "rs0" }), ways = ways },
    { fields = with(built "3.4.24", { primary = true, max_wire_version = 5, kind = "isdbgrid" }), ways = ways },
    { fields = {
      primary = true, max_wire_version = 26, error = "Command buildInfo requires authentication", error_code = 13,
    }, ways = ways },
    { fields = with(built "4.0.28", { primary = true, max_wire_version = 7 }), ways = ways },
  },
  asks = {
    { "buildInfo in the old form, which is for hello alone", query(BUILD_INFO), says(REPLY, "\16code\0\96\1\0\0") },
    { "buildInfo in the old form, to a server that has no other", query(BUILD_INFO), says(REPLY, "3.4.24"), host = 2 },
    { "OP_MSG to such a server", message(PING), "", "closed", host = 2 },
    { "the BSON specification's example, which names no database", message(WORLD), says(MESSAGE, "\16code\0\123\158\0\0") },
    { "ping", message(PING), hex "26 00 00 00 08 00 00 00 07 00 00 00 DD 07 00 00 00 00 00 00 00 11 00 00 00 01" .. "ok" ..
      hex "00 00 00 00 00 00 00 F0 3F 00" },
  },
  strict = {
    -- Bit 0 of a flag byte is reserved in the first, and of no meaning in the others; the number that isMaster has is of none.
    { "isMaster", query(IS_MASTER), says(REPLY, "\8helloOk\0\1\8ismaster\0\1"), free = {
      5, 6, 7, 8, 9, 10, 11, 12, 18, 19, 20, { 21, 25 }, { 54, 57 },
    } },
    { "ping", message(PING), says(MESSAGE, "\1ok\0\0\0\0\0\0\0\240\63"), free = { { 5, 12 }, 19, 20, { 32, 35 }, { 45, 49 } } },
  },
}
