-- CODESYS version 2 runtimes (observed form, as service tools ask) on machines with the highest byte first: the same question.
-- In that order. A machine of the other order takes the length for one of 16 MB, so this goes on a connection of its own.
local messages = require "sonde.codesys_messages"

local codesys_big = {
  name = "codesys_big", service = "codesys", first = "client", timeout = 5, fields = messages.fields,
}

function codesys_big.handshake(conn, record) messages.describe(conn, record, ">I4") end

return codesys_big
