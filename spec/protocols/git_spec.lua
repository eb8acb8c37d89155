local behaves = require "spec.support.behaves"

local asked = "0036git-upload-pack /sonde\0host=198.18.0.7\0\0version=2\0"
local function line(text) return ("%04x%s"):format(#text + 4, text) end

behaves("git", {
  { "a daemon that has no such thing", { { asked }, line "ERR access denied or repository not exported: /sonde" },
    sent = asked, fields = { error = "access denied or repository not exported: /sonde" } },
  { "the answer of gitprotocol-v2", {
    line "version 2\n" .. line "agent=git/2.39.5\n" .. line "ls-refs=unborn\n" .. line "fetch=shallow\n" .. "0000",
  }, sent = asked .. "0000", fields = {
    version = 2, agent = "git/2.39.5", capabilities = { "agent=git/2.39.5", "ls-refs=unborn", "fetch=shallow" },
  } },
  { "an older daemon", { line(("0"):rep(40) .. " capabilities^{}\0multi_ack agent=git/1.8 ofs-delta\n") .. "0000" },
    fields = { version = 0, agent = "git/1.8" } },
  hostile = {
    { "a length that is none", { "zzzz" }, fields = {} },
    { "a length below its own", { "0003" }, fields = {} },
    { "a flush first", { "0000" }, fields = {} },
    { "a length above the limit", { "ffff" .. ("x"):rep(9) }, fields = {} },
    { "capabilities without end", { line "version 2\n" .. line("a\n"):rep(60) }, outcome = "done" },
  },
})
