local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local QUESTION = "\7version\4bind\0\0\16\0\3"

-- A message over TCP that answers what was sent, with its id.
local function answer(flags, questions, answers, body)
  return function(sent)
    return wire.pack(">s2", sent:sub(3, 4) .. wire.pack(">I2 I2 I2 I4", flags, questions, answers, 0) .. body)
  end
end

local function text(name, words)
  return name .. wire.pack(">I2 I2 I4 s2", 16, 3, 0, words)
end

local function fields(rcode, answers, authoritative, recursion, version)
  return {
    rcode = rcode, answers = answers, authoritative = authoritative, recursion_available = recursion, version = version,
  }
end

behaves("dns", {
  { "a server that tells its version", {
    { 32 }, answer(0x8400, 1, 1, QUESTION .. text("\192\12", "\0159.18.28-1~deb12")),
  }, fields = fields(0, 1, true, false, "9.18.28-1~deb12") },
  { "a server that refuses", { { 32 }, answer(0x8085, 1, 0, QUESTION) }, fields = fields(5, 0, false, true) },
  { "a server that does not repeat the question", { { 32 }, answer(0x8004, 0, 0, "") },
    fields = fields(4, 0, false, false) },
  { "names written out, other records before", {
    { 32 }, answer(0x8400, 1, 2, QUESTION .. "\7VERSION\4BIND\0" .. wire.pack(">I2 I2 I4 s2", 2, 3, 0, "\192\12") ..
      text("\7VERSION\4bind\0", "\4none")),
  }, fields = fields(0, 2, true, false, "none") },
  hostile = {
    { "a pointer to itself", { { 32 }, answer(0x8400, 1, 1, QUESTION .. text("\192\30", "\1x")) },
      fields = fields(0, 1, true, false) },
    { "a pointer into the header", { { 32 }, answer(0x8400, 1, 1, QUESTION .. text("\192\4", "\1x")) } },
    { "a pointer forwards", { { 32 }, answer(0x8400, 1, 1, QUESTION .. text("\193\0", "\1x")) } },
    { "a label type that is reserved", { { 32 }, answer(0x8400, 1, 1, QUESTION .. text("\128x", "\1x")) } },
    { "a label of 64 bytes", { { 32 }, answer(0x8400, 1, 1, QUESTION .. text("\64" .. ("a"):rep(64) .. "\0", "\1x")) },
      fields = fields(0, 1, true, false) },
    { "a name of labels without end", { { 32 }, answer(0x8400, 1, 1, QUESTION .. ("\1a"):rep(500)) } },
    { "a text that leaves its record", { { 32 }, answer(0x8400, 1, 1, QUESTION .. text("\192\12", "\9abc")) } },
    { "a record that leaves its message", {
      { 32 }, answer(0x8400, 1, 1, QUESTION .. "\192\12" .. wire.pack(">I2 I2 I4 I2", 16, 3, 0, 500)),
    } },
    { "65535 answers that are not there", { { 32 }, answer(0x8400, 1, 65535, QUESTION) } },
    { "an answer to another question", { { 32 }, "\0\12\1\1\132\0\0\0\0\0\0\0\0\0" }, fields = {} },
    { "a question instead of an answer", { { 32 }, answer(0x0000, 1, 0, QUESTION) }, fields = {} },
    { "a message shorter than a header", { "\0\11" .. ("\0"):rep(11) }, fields = {} },
  },
})
