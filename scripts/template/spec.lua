-- busted spec/protocols/NAME_spec.lua, in Sonde's tree. Without busted: sonde test protocols/NAME.lua
local behaves = require "spec.support.behaves"

behaves("NAME", {
  -- A string is what the server sends, { "text" } what it waits for; a replay is what sonde probe --save has recorded:
  -- { "a server of 2026", replay = "NAME.jsonl", fields = { banner = "NAME 1.0", version = "1.0" } },
  { "a server that greets", { "NAME 1.0\r\n" }, fields = { banner = "NAME 1.0", version = "1.0" } },
  hostile = {
    { "a line that never ends", { ("NAME"):rep(2000) }, outcome = "overflow", fields = {} },
  },
})
