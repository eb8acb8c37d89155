local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local asked = "\129\10\0\17\1\4\0\5\1\12\12\2\63\255\255\25\75"
local asked_vendor = "\129\10\0\17\1\4\0\5\2\12\12\2\0\4\210\25\121"

local function packet(apdu) return wire.pack(">B B I2 B B", 129, 10, 6 + #apdu, 1, 0) .. apdu end
local function value(id, property, bytes)
  return packet(wire.pack(">B B B B I4 B B B", 0x30, id, 12, 0x0C, 8 * 2 ^ 22 + 1234, 0x19, property, 0x3E) .. bytes .. "\63")
end
local number = value(1, 75, "\196" .. wire.pack(">I4", 8 * 2 ^ 22 + 1234))

behaves("bacnet", {
  { "a controller", { { asked }, number, { asked_vendor }, value(2, 121, "\117\8\0Example") }, sent = asked .. asked_vendor,
    fields = { instance = 1234, vendor = "Example" } },
  { "a maker with a short name", { { asked }, number, { asked_vendor }, value(2, 121, "\115\0AB") },
    fields = { instance = 1234, vendor = "AB" } },
  { "one that keeps its maker to itself", { { asked }, number, packet "\80\2\12\145\2\145\32" },
    fields = { instance = 1234, error = "2.32" } },
  { "one that rejects us", { { asked }, packet "\96\1\9" }, sent = asked, fields = { refusal = 9 } },
  { "one that aborts", { { asked }, packet "\113\1\4" }, fields = { refusal = 4 } },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a packet of 64 kB", { "\129\10\255\255" }, fields = {} },
    { "a packet too short", { "\129\10\0\4" }, fields = {} },
    { "an answer to another question", { packet "\96\7\9" }, fields = {} },
    { "an answer that a router passed on", { "\129\10\0\12\1\40\96\1\9\0\0\0" }, fields = {} },
    { "a value without its end", { packet("\48\1\12\12\2\0\4\210\25\75\62\196\2\0\4\210") }, fields = {} },
    { "text longer than its packet", { number, value(2, 121, "\117\200\0Example") }, fields = { instance = 1234 } },
    { "text of no length", { number, value(2, 121, "\112") }, fields = { instance = 1234 } },
  },
})
