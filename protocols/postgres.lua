-- PostgreSQL (frontend/backend protocol 3.0, section Message Flow): asks for protocol 255.255, which no server has.
--
-- The refusal (an ErrorResponse) names the server and what it speaks. No user and no database is named, so there is no
-- login to fail; the server notes one line "unsupported frontend protocol". postgres_ssl asks for TLS instead.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local postgres = {
  name = "postgres", ports = { 5432 }, secure = "postgres_ssl", first = "client", timeout = 5,
  fields = {
    severity = "of the refusal, as localized", code = "its SQLSTATE", message = "its text",
    file = "source file of the server that refused", line = "line in it", routine = "function in it",
  },
}

local KEPT = { S = "severity", C = "code", M = "message", F = "file", L = "line", R = "routine" }
local MESSAGE_MAX, FIELDS_MAX = 4096, 32

function postgres.handshake(conn, record)
  conn:send(wire.pack(">I4 I2 I2", 8, 255, 255))
  expect(conn:receive(1) == "E", "no ErrorResponse")
  local length = wire.unpack(">I4", conn:receive(4))
  expect(length >= 5 and length <= MESSAGE_MAX, "ErrorResponse of a forbidden length")
  local message, position = conn:receive(length - 4), 1
  for _ = 1, FIELDS_MAX do
    local kind = wire.unpack("c1", message, position)
    if kind == "\0" then return end
    local text, after = wire.unpack("z", message, position + 1)
    if KEPT[kind] then record[KEPT[kind]] = text end
    position = after
  end
end

return postgres
