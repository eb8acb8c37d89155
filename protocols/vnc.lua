-- VNC (RFB, RFC 6143 section 7.1): the server names its version, we ours, the server its security types; then we leave.
local expect = require "sonde.expect"
local unpack = require "sonde.wire".unpack

local vnc = {
  name = "vnc", ports = { 5900, 5901 }, first = "server", timeout = 5,
  fields = {
    protocol_version = "e.g. 3.8", error = "why the server refuses us",
    security_types = "offered, 1: none, 2: VNC password (list of numbers)",
  },
}

local REASON_MAX = 1024

local function receive_reason(conn)
  local length = unpack(">I4", conn:receive(4))
  expect(length <= REASON_MAX, "reason too long")
  return conn:receive(length)
end

function vnc.handshake(conn, record)
  local major, minor = conn:receive(12):match "^RFB (%d%d%d)%.(%d%d%d)\n$"
  expect(major, "no RFB version")
  major, minor = tonumber(major), tonumber(minor)
  record.protocol_version = major .. "." .. minor
  local old = major < 3 or major == 3 and minor < 7
  conn:send(old and "RFB 003.003\n" or major == 3 and minor == 7 and "RFB 003.007\n" or "RFB 003.008\n")
  local types
  if old then  -- appendix A: the server decides
    local chosen = unpack(">I4", conn:receive(4))
    types = chosen ~= 0 and { chosen } or {}
  else
    types = { conn:receive(conn:receive(1):byte()):byte(1, -1) }
  end
  if types[1] then record.security_types = types else record.error = receive_reason(conn) end
end

return vnc
