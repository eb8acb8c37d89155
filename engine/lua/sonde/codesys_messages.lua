-- CODESYS 2's service for tools (its observed form), for the handshakes that ask in either order of bytes: a mark, the length
-- of what follows in the machine's own order, and what is asked.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local codesys_messages = {
  fields = { os = "operating system", os_version = "its version", product = "name of the product" },
}

local MAGIC, DESCRIPTION, ANSWER_MIN, ANSWER_MAX = "\187\187", "\1", 64, 512
local NAMES = { "os", "os_version", "product" }

-- Asks for the description of the device. length: how wire.pack writes a length in this order.
function codesys_messages.describe(conn, record, length)
  conn:send(MAGIC, wire.pack(length, #DESCRIPTION), DESCRIPTION)
  expect(conn:peek(2) == MAGIC, "no answer of a runtime")
  local answer = conn:receive(ANSWER_MIN)
  -- The texts that follow are padded to places that differ: each ends with zero bytes.
  local found, texts = "", 0
  while texts < #NAMES and #answer + #found < ANSWER_MAX do
    local byte = conn:receive(1)
    if byte ~= "\0" then
      expect(byte:find "[\32-\126]", "no text")
      found = found .. byte
    elseif found ~= "" then
      texts = texts + 1
      record[NAMES[texts]], found = found, ""
    else
      answer = answer .. byte
    end
  end
  expect(texts > 0, "no text")
end

return codesys_messages
