-- EtherNet/IP (ODVA CIP Networks Library, volume 2, section 2-4.2): asks for the identity, without a session.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local enip = {
  name = "enip", ports = { 44818 }, first = "client", timeout = 5,
  fields = {
    vendor_id = "number of the vendor (number)", device_type = "e.g. 14: programmable controller (number)",
    product_code = "of the vendor (number)", revision = "e.g. 20.11", status = "as bits (number)", serial = "in hexadecimal",
    product = "name of the product", state = "e.g. 3: operational (number)", error = "status of the command (number)",
    address = "of the device, as it says",
  },
}

local LIST_IDENTITY, IDENTITY, DATA_MAX, ITEMS_MAX = 0x63, 0x0C, 1024, 8
-- Command, length, session, status, context, options.
local HEADER = "<I2 I2 I4 I4 c8 I4"

local function learn_identity(record, item)
  local family, port, address, vendor, kind, product, major, minor, status, serial, name, state = unpack(
    "<x2 c2 c2 c4 x8 I2 I2 I2 B B I2 I4 s1 B", item)
  expect(family == "\0\2", "no address")
  record.vendor_id, record.device_type, record.product_code = vendor, kind, product
  record.revision, record.status, record.serial = ("%d.%d"):format(major, minor), status, ("%08x"):format(serial)
  record.product, record.state = name, state
  record.address = wire.address(address) .. ":" .. unpack(">I2", port)
end

function enip.handshake(conn, record)
  local context = conn:random(8)
  conn:send(wire.pack(HEADER, LIST_IDENTITY, 0, 0, 0, context, 0))
  local command, length, _, status, echo = unpack(HEADER, conn:receive(24))
  expect(command == LIST_IDENTITY and echo == context and length <= DATA_MAX and status <= 0xFF, "no answer to ListIdentity")
  local data = conn:receive(length)
  if status ~= 0 then
    record.error = status
    return
  end
  local count, position = unpack("<I2", data)
  expect(count >= 1 and count <= ITEMS_MAX, "no item")
  for _ = 1, count do
    local kind, item
    kind, item, position = unpack("<I2 s2", data, position)
    if kind == IDENTITY then return learn_identity(record, item) end
  end
  expect(false, "no identity")
end

return enip
