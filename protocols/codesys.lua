-- CODESYS version 2 runtimes (observed form, as service tools ask): asks for the device's description.
-- In the order of bytes of small machines. Logs in to nothing, changes nothing.
local messages = require "sonde.codesys_messages"

local codesys = {
  name = "codesys", ports = { 2455, 1200 }, also = "codesys_big", first = "client", timeout = 5, fields = messages.fields,
}

function codesys.handshake(conn, record) messages.describe(conn, record, "<I4") end

return codesys
