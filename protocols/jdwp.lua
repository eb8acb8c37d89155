-- Java Debug Wire Protocol (JDWP specification, "Handshake" and VirtualMachine's Version): asks which machine it is.
-- Nothing is suspended, read or set.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local jdwp = {
  name = "jdwp", ports = { 5005 }, first = "client", timeout = 5,
  fields = {
    error = "error code of the answer (number)", description = "of the virtual machine", vm_version = "its version",
    vm_name = "its name", protocol_version = "of JDWP, e.g. 11.0",
  },
}

local HELLO, REPLY, VIRTUAL_MACHINE, VERSION, ID = "JDWP-Handshake", 0x80, 1, 1, 1
local PACKET_MAX, EVENTS_MAX = 8192, 8

function jdwp.handshake(conn, record)
  -- In one go, so that an echo of it is told from the answer, which begins with the same word.
  conn:send(HELLO, wire.pack(">I4 I4 B B B", 11, ID, 0, VIRTUAL_MACHINE, VERSION))
  expect(conn:receive(#HELLO) == HELLO, "no handshake")
  for _ = 0, EVENTS_MAX do   -- a machine that waits for us tells so first
    local length, id, flags, code = unpack(">I4 I4 B I2", conn:receive(11))
    expect(length >= 11 and length <= PACKET_MAX, "packet of a forbidden length")
    local body = conn:receive(length - 11)
    expect(id ~= ID or flags == REPLY, "no reply")
    if flags == REPLY and id == ID then
      record.error = code
      if code ~= 0 then return end
      local description, major, minor, version, name = unpack(">s4 I4 I4 s4 s4", body)
      record.description, record.vm_version, record.vm_name = description, version, name
      record.protocol_version = major .. "." .. minor
      return
    end
  end
  expect(false, "no reply")
end

return jdwp
