local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"
local pack = wire.pack

local asked = "\0\39\208\1\0\1\0\33\16\65\0\9\17\94\226\150\149\132\133\0\20\20\4\20\3\0\7\36\7\0\7\36\15\0\7\20\64\0\7"

local function object(code, data) return pack(">I2 I2", #data + 4, code) .. data end
local function reply(body) return pack(">I2 B B I2", #body + 6, 0xD0, 2, 1) .. body end

local class = "\216\196\194\242\97\211\201\213\228\231"   -- "QDB2/LINUX" in CCSID 500

behaves("drda", {
  { "DB2", { { asked }, reply(object(0x1443, object(0x115E, "\132\130\242") .. object(0x1404, "\20\3\0\7") ..
    object(0x1147, class) .. object(0x116D, "\225") .. object(0x115A, "\226\216\211\241"))) }, sent = asked, fields = {
    external_name = "db2", class_name = "QDB2/LINUX", server_name = "?", release_level = "SQL1",
  } },
  { "a server that writes ASCII", { reply(object(0x1443, object(0x1147, "IDS/UNIX64"))) },
    fields = { class_name = "IDS/UNIX64" } },
  { "a server that does not know the question", { reply(object(0x1250, "\0\0")) }, fields = { error = "0x1250" } },
  hostile = {
    { "an object that leaves its reply", { "\0\10\208\2\0\1\255\255\20\67" }, fields = {} },
    { "an object of no size", { reply(object(0x1443, "\0\0\17\71")) }, fields = {} },
    { "a reply of 64 kB", { "\255\255\208\2\0\1\255\249\20\67" }, fields = {} },
    { "our own bytes", { { asked }, asked }, fields = {} },
  },
})
