local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local data = "(CONNECT_DATA=(COMMAND=ping))"
local asked = "\0\63\0\0\1\0\0\0\1\58\1\44\0\0\32\0\127\255\127\8\0\0\0\1\0\29\0\34\0\0\8\0\0\0" .. data

local function refuse(text) return wire.pack(">I2 x2 B x3 B B s2", #text + 12, 4, 34, 0, text) end

local words = "(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=0)(ALIAS=LISTENER))"

behaves("oracle", {
  { "a listener of 19c", { { asked }, refuse(words) }, sent = asked,
    fields = { answer = "refuse", version = "19.0.0.0.0", error = 0, alias = "LISTENER", data = words } },
  { "a listener that asks once more", { { asked }, "\0\8\0\0\11\0\0\0", { asked }, refuse "(VSNNUM=186647552)(ERR=1189)" },
    sent = asked .. asked, fields = {
      answer = "refuse", version = "11.2.0.4.0", error = 1189, data = "(VSNNUM=186647552)(ERR=1189)",
    } },
  { "one that sends us elsewhere", { wire.pack(">I2 x2 B x3 s2", 17, 5, "(HOST=x") },
    fields = { answer = "redirect", data = "(HOST=x" } },
  { "one whose redirection comes by itself", { wire.pack(">I2 x2 B x3 I2", 10, 5, 7),
    wire.pack(">I2 x2 B x3 x2 c7", 17, 6, "(HOST=x") },
    fields = { answer = "redirect", data = "(HOST=x" } },
  { "one that lets us in", { wire.pack(">I2 x2 B x3 c24", 32, 2, "") }, fields = { answer = "accept" } },
  hostile = {
    { "another packet than that of the data", { "\0\10\0\0\5\0\0\0\0\7", refuse "(VSNNUM=1)" },
      fields = { answer = "redirect" } },
    { "data of another length", { "\0\10\0\0\5\0\0\0\0\7", "\0\12\0\0\6\0\0\0\0\0ab" },
      fields = { answer = "redirect" } },
    { "a packet of 64 kB", { "\255\255\0\0\4\0\0\0" }, fields = {} },
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "data that leave their packet", { "\0\14\0\0\4\0\0\0\34\0\255\255ab" }, fields = { answer = "refuse" } },
    { "a version that is no number", { refuse "(VSNNUM=99999999999)(ERR=x)" }, outcome = "done",
      fields = { answer = "refuse", data = "(VSNNUM=99999999999)(ERR=x)" } },
    { "a packet that is too short for its kind", { "\0\8\0\0\4\0\0\0" }, fields = { answer = "refuse" } },
  },
})
