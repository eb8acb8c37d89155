-- Tor relays (tor-spec, sections 3 and 4), inside TLS: says which versions of the protocol we know, and hears theirs.
-- That opens a connection of relays, which then say their time and addresses. We leave before anything is proven or built.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local tor = {
  name = "tor", tls_ports = { 9001 }, first = "client", timeout = 8,
  fields = {
    versions = "of the protocol that it knows (list of numbers)", system_time = "its clock, seconds since 1970 (number)",
    addresses = "its own (list of strings)",
  },
}

local VERSIONS, NETINFO, VARIABLE = 7, 8, 128   -- commands from VARIABLE on have a length
local OURS = { 4, 5 }   -- fewer than relays have, so that an echo can be told from an answer
local CELLS_MAX, CELL_MAX, FIXED, VERSIONS_MAX, ADDRESSES_MAX = 8, 8192, 509, 32, 8
local V4, V6 = 4, 6   -- types of addresses

-- The versions, and whether one of them is ours.
local function receive_versions(conn)
  local circuit, command, length = unpack(">I2 B I2", conn:receive(5))
  expect(circuit == 0 and command == VERSIONS and length >= 2 and length % 2 == 0 and length <= 2 * VERSIONS_MAX, "no versions")
  local bytes, list, common = conn:receive(length), {}, false
  for i = 1, length / 2 do
    list[i] = unpack(">I2", bytes, 2 * i - 1)
    common = common or list[i] == OURS[1] or list[i] == OURS[2]
  end
  return list, common
end

local function learn_netinfo(record, cell)
  local time, _, _, count, position = unpack(">I4 B s1 B", cell)
  local list = {}
  record.system_time = time
  for _ = 1, math.min(count, ADDRESSES_MAX) do
    local kind, bytes
    kind, bytes, position = unpack("B s1", cell, position)
    if kind == V4 and #bytes == 4 or kind == V6 and #bytes == 16 then list[#list + 1] = wire.address(bytes) end
  end
  record.addresses = list[1] and list
end

function tor.handshake(conn, record)
  conn:send(wire.pack(">I2 B s2", 0, VERSIONS, wire.pack(">I2 I2", OURS[1], OURS[2])))
  local common
  record.versions, common = receive_versions(conn)
  if not common then return end
  for _ = 1, CELLS_MAX do
    local command = unpack(">x4 B", conn:receive(5))   -- after the number of a circuit
    local length = command >= VARIABLE and unpack(">I2", conn:receive(2)) or FIXED
    expect(length <= CELL_MAX, "cell too long")
    local cell = conn:receive(length)
    if command == NETINFO then return learn_netinfo(record, cell) end
  end
  expect(false, "no end of cells")
end

return tor
