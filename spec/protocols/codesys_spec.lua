local behaves = require "spec.support.behaves"

local asked = "\187\187\1\0\0\0\1"

local function answer(...)
  local texts = ""
  for _, text in ipairs { ... } do texts = texts .. text .. ("\0"):rep(32 - #text) end
  return "\187\187\2\0\0\0\1\1" .. ("\0"):rep(57) .. texts
end

behaves("codesys", {
  { "a runtime", { { asked }, answer("Nucleus PLUS", "Nucleus PLUS version unknown", "Example 750-881") }, sent = asked,
    fields = { os = "Nucleus PLUS", os_version = "Nucleus PLUS version unknown", product = "Example 750-881" } },
  hostile = {
    { "an answer of zeros", { "\187\187" .. ("\0"):rep(1000) }, fields = {} },
    { "a text that never ends", { answer() .. ("x"):rep(1000) }, fields = {} },
    { "bytes that are no text", { answer() .. "\200" }, fields = {} },
  },
})
