local behaves = require "spec.support.behaves"

-- RFC 864: the first two lines of its example, and a line round the end of the alphabet.
local first = [[ !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefg]]
local second = [[!"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefgh]]
local round = [[XYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~ !"#$%&'()*+,-./0123456789:;<=>?@]]

behaves("chargen", {
  { "a server", { first .. "\r\n" .. second .. "\r\n" }, sent = "", fields = { line = first } },
  { "a server that is elsewhere in its pattern", { round .. "\r\n" }, fields = { line = round } },
  { "a server that leaves out the space", { round:gsub(" !", "!") .. "A\r\n" },
    fields = { line = round:gsub(" !", "!") .. "A" } },
  hostile = {
    { "characters in another order", { ("ab"):rep(36) }, fields = {} },
    { "a line that is too short", { first:sub(1, 40) .. "\r\n" .. second }, fields = {} },
  },
})
