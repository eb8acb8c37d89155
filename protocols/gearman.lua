-- Gearman's job server (Gearman protocol, "ECHO_REQ" and "Administrative Protocol"): has a word echoed, asks for the version.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local gearman = {
  name = "gearman", ports = { 4730 }, first = "client", timeout = 5,
  fields = { echo = "whether it echoed as it must (boolean)", version = "server version" },
}

local ECHO_REQUEST, ECHO_RESPONSE = 16, 17

function gearman.handshake(conn, record)
  local word = ("%02x%02x%02x%02x"):format(conn:random(4):byte(1, 4))
  conn:send("\0REQ", wire.pack(">I4 s4", ECHO_REQUEST, word))
  expect(conn:receive(12) == "\0RES" .. wire.pack(">I4 I4", ECHO_RESPONSE, #word), "no echo")
  record.echo = conn:receive(#word) == word
  conn:send "version\r\n"
  record.version = expect(conn:receive_line(256):match "^O?K? ?(%d[%w.~+-]*)$", "no version")
end

return gearman
