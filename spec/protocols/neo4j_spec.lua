local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local asked = "\96\96\176\23\0\8\8\5\0\4\4\4\0\0\1\4\0\0\0\3"
local hello = wire.pack(">s2 I2", "\177\1\162\138user_agent\137Sonde/0.1\138bolt_agent\161\135product\137Sonde/0.1", 0)
local function message(text) return wire.pack(">s2 I2", text, 0) end

local welcome = "\177\112\163\134server\140Neo4j/5.13.0\141connection_id\135bolt-61\133hints\160"

behaves("neo4j", {
  { "a server of version 4", { { asked }, "\0\0\4\4" }, sent = asked, fields = { agreed = true, protocol_version = "4.4" } },
  { "a server of version 5.0, where HELLO would log in", { { asked }, "\0\0\0\5" }, sent = asked,
    fields = { agreed = true, protocol_version = "5.0" } },
  { "a server of version 5.4", { { asked }, "\0\0\4\5", { hello }, "\0\0" .. message(welcome), { "\0\2\176\2\0\0" } },
    sent = asked .. hello .. "\0\2\176\2\0\0",
    fields = { agreed = true, protocol_version = "5.4", server = "Neo4j/5.13.0" } },
  { "one with a longer name", { { asked }, "\0\0\4\5", { hello },
    message("\177\112\161\134server\208\20Memgraph/2.0 (Bolt5)") },
    fields = { agreed = true, protocol_version = "5.4", server = "Memgraph/2.0 (Bolt5)" } },
  { "one that does not like us", { { asked }, "\0\0\4\5", { hello },
    message("\177\127\162\132code\208\32Neo.ClientError.Request.Invalid.\135message\130No") },
    fields = { agreed = true, protocol_version = "5.4", error = "Neo.ClientError.Request.Invalid.", message = "No" } },
  { "one that has no words for why", { { asked }, "\0\0\4\5", { hello },
    message("\177\127\162\132code\128\135message\128") },
    fields = { agreed = true, protocol_version = "5.4", error = "", message = "" } },
  { "a server that knows none of ours", { "\0\0\0\0" }, fields = { agreed = false } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a version that is none", { "\0\0\0\200" }, fields = {} },
    { "a message of many pieces", { { asked }, "\0\0\4\5", { hello }, ("\255\255" .. ("x"):rep(65535)) },
      fields = { agreed = true, protocol_version = "5.4" } },
    { "empty pieces without end", { { asked }, "\0\0\4\5", { hello }, ("\0\0"):rep(200) },
      fields = { agreed = true, protocol_version = "5.4" } },
    { "a text that leaves its message", { { asked }, "\0\0\4\5", { hello }, message("\177\112\161\134server\140Neo") },
      fields = { agreed = true, protocol_version = "5.4" } },
    { "an answer to something else", { { asked }, "\0\0\4\5", { hello }, message("\177\126\160") },
      fields = { agreed = true, protocol_version = "5.4" } },
  },
})
