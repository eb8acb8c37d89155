local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"
local pack = wire.pack

local function text(name, value) return pack("<B z s4", 2, name, value .. "\0") end
local function int(name, value) return pack("<B z i4", 16, name, value) end
local function bool(name, value) return pack("<B z B", 8, name, value) end
local function double(name) return pack("<B z c8", 1, name, "\0\0\0\0\0\0\240\63") end
local function document(...)
  local body = table.concat { ... }
  return pack("<I4", #body + 5) .. body .. "\0"
end
local function reply(body) return pack("<I4 I4 I4 I4 I4 c8 I4 I4", 36 + #body, 9, 1, 1, 8, "", 0, 1) .. body end
local function message(body) return pack("<I4 I4 I4 I4 I4 B", 21 + #body, 9, 2, 2013, 0, 0) .. body end

local hello = "\68\0\0\0\1\0\0\0\0\0\0\0\212\7\0\0\0\0\0\0admin.$cmd\0\0\0\0\0\255\255\255\255" ..
  "\29\0\0\0\16isMaster\0\1\0\0\0\8helloOk\0\1\0"
local build = "\56\0\0\0\2\0\0\0\0\0\0\0\221\7\0\0\0\0\0\0\0\35\0\0\0\16buildInfo\0\1\0\0\0\2$db\0\6\0\0\0admin\0\0"

local old_build = "\59\0\0\0\2\0\0\0\0\0\0\0\212\7\0\0\0\0\0\0admin.$cmd\0\0\0\0\0\255\255\255\255" ..
  "\20\0\0\0\16buildInfo\0\1\0\0\0\0"

local primary = document(bool("helloOk", 1), bool("ismaster", 1), pack("<B z", 3, "topologyVersion"),
  document(pack("<B z c12", 7, "processId", ""), pack("<B z c8", 18, "counter", "")), text("setName", "rs0"),
  pack("<B z", 4, "hosts"), document(text("0", "a:27017")), pack("<B z c8", 9, "localTime", ""), int("maxWireVersion", 21),
  pack("<B z", 10, "nothing"), pack("<B z s4 B c2", 5, "binary", "ab", 0, ""):sub(1, -3), double "ok")

behaves("mongodb", {
  { "a member of a replica set", {
    { hello }, reply(primary), { build },
    message(document(text("version", "7.0.5"), text("gitVersion", "7809d7"), text("allocator", "tcmalloc"),
      text("javascriptEngine", "mozjs"), double "ok")),
  }, sent = hello .. build, fields = {
    primary = true, max_wire_version = 21, set_name = "rs0", version = "7.0.5", git_version = "7809d7",
    allocator = "tcmalloc", javascript_engine = "mozjs",
  } },
  { "an old router", {
    { hello }, reply(document(bool("ismaster", 1), text("msg", "isdbgrid"), int("maxWireVersion", 2))), { old_build },
    reply(document(text("version", "2.6.12"), double "ok")),
  }, sent = hello .. old_build, fields = { primary = true, kind = "isdbgrid", max_wire_version = 2, version = "2.6.12" } },
  { "a server that wants another question", { reply(document(double "ok", text("errmsg", "no such command"), int("code", 59))) },
    fields = { primary = false, error = "no such command", error_code = 59 } },
  hostile = {
    { "a message of 2 GiB", { "\255\255\255\127" .. ("x"):rep(12) }, fields = {} },
    { "our own bytes", { { hello }, hello }, fields = {} },
    { "a string that leaves its document", { reply(document("\2a\0\255\255\255\127x")) }, fields = {} },
    { "a document of no size", { reply(document("\3a\0\0\0\0\0")) }, fields = {} },
    { "fields of other types", { reply(document(text("maxWireVersion", "x"), text("ismaster", "y"), bool("msg", 1))) },
      outcome = "timeout", fields = { primary = false } },
    { "elements without end", { reply(document(int("a", 1):rep(2000))) }, fields = {} },
    { "a type that is none", { reply(document "\99a\0") }, fields = {} },
  },
})
