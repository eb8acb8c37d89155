-- OPC UA (OPC 10000-6 section 7.1.2): says Hello, reads the Acknowledge or the error.
-- Opens no channel, so nothing is secured or read.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local opcua = {
  name = "opcua", ports = { 4840 }, first = "client", timeout = 5,
  fields = {
    protocol_version = "of the transport (number)", receive_buffer = "bytes (number)", send_buffer = "bytes (number)",
    max_message = "bytes, 0: no limit (number)", max_chunks = "of a message, 0: no limit (number)",
    error = "status code, e.g. 0x807d0000", reason = "text of the error",
  },
}

local BUFFER, ANSWER_MAX = 65535, 4096

function opcua.handshake(conn, record)
  local host = conn.host:find(":", 1, true) and "[" .. conn.host .. "]" or conn.host
  local hello = wire.pack("<I4 I4 I4 I4 I4 s4", 0, BUFFER, BUFFER, 0, 0, "opc.tcp://" .. host .. ":" .. conn.port .. "/")
  conn:send(wire.pack("<c4 I4", "HELF", #hello + 8), hello)
  local kind, length = wire.unpack("<c4 I4", conn:receive(8))
  expect((kind == "ACKF" or kind == "ERRF") and length >= 16 and length <= ANSWER_MAX, "no answer to Hello")
  local answer = conn:receive(length - 8)
  if kind == "ERRF" then
    local code, size, position = wire.unpack("<I4 I4", answer)
    record.error = ("0x%08x"):format(code)
    if size ~= 2 ^ 32 - 1 then record.reason = wire.unpack("<s4", answer, position - 4) end   -- else there is none
    return
  end
  record.protocol_version, record.receive_buffer, record.send_buffer, record.max_message, record.max_chunks =
    wire.unpack("<I4 I4 I4 I4 I4", answer)
end

return opcua
