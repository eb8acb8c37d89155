-- CODESYS version 2 runtimes (observed form, as service tools ask): asks for the device's description.
-- In the order of bytes of small machines. Logs in to nothing, changes nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local codesys = {
  name = "codesys", ports = { 2455, 1200 }, first = "client", timeout = 5,
  fields = { os = "operating system", os_version = "its version", product = "name of the product" },
}

local MAGIC, DESCRIPTION, ANSWER_MIN, ANSWER_MAX = "\187\187", 1, 64, 512
local NAMES = { "os", "os_version", "product" }

function codesys.handshake(conn, record)
  conn:send(MAGIC, wire.pack("<I4 B", DESCRIPTION, 1))
  expect(conn:peek(2) == MAGIC, "no answer of a runtime")
  local answer = conn:receive(ANSWER_MIN)
  -- The texts that follow are padded to places that differ: each ends with zero bytes.
  local found, texts = "", {}
  while #texts < #NAMES and #answer + #found < ANSWER_MAX do
    local byte = conn:receive(1)
    if byte ~= "\0" then
      expect(byte:find "[\32-\126]", "no text")
      found = found .. byte
    elseif found ~= "" then
      texts[#texts + 1] = found
      record[NAMES[#texts]], found = found, ""
    else
      answer = answer .. byte
    end
  end
  expect(texts[1], "no text")
end

return codesys
