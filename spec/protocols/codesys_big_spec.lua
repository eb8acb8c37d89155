local behaves = require "spec.support.behaves"

local asked = "\187\187\0\0\0\1\1"

local function answer(...)
  local texts = ""
  for _, text in ipairs { ... } do texts = texts .. text .. ("\0"):rep(32 - #text) end
  return "\187\187\0\0\0\2\1\1" .. ("\0"):rep(57) .. texts
end

behaves("codesys_big", {
  { "a runtime", { { asked }, answer("VxWorks", "5.5.1", "Example 2000") }, sent = asked,
    fields = { os = "VxWorks", os_version = "5.5.1", product = "Example 2000" } },
  hostile = {
    { "an answer of zeros", { "\187\187" .. ("\0"):rep(1000) }, fields = {} },
    { "a text that never ends", { answer() .. ("x"):rep(1000) }, fields = {} },
    { "bytes that are no text", { answer() .. "\200" }, fields = {} },
  },
})
