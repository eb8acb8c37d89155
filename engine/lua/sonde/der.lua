-- ASN.1's distinguished encoding (ITU-T X.690 sections 8 and 10.1): writes and reads elements; lengths are followed warily.

local expect = require "sonde.expect"
local wire = require "sonde.wire"

local der = {}

local LENGTH_BYTES_MAX = 4
local INTEGER_BYTES_MAX = 6

-- One element: its tag and, one after the other, what it contains.
function der.pack(tag, ...)
  local contents = table.concat { ... }
  local size = #contents
  if size < 128 then return string.char(tag, size) .. contents end
  local length = size < 256 and string.char(size) or wire.pack(">I2", size)
  return string.char(tag, 128 + #length) .. length .. contents
end

-- The element at position (by default 1): its tag, its contents, and the position after it.
function der.unpack(bytes, position)
  local tag, size, start = wire.unpack("BB", bytes, position or 1)
  if size >= 128 then
    local count = size - 128
    expect(count >= 1 and count <= LENGTH_BYTES_MAX, "length of a forbidden form")
    size, start = wire.unpack(">I" .. count, bytes, start)
  end
  expect(size <= #bytes - start + 1, "element that leaves its bounds")
  return tag, bytes:sub(start, start + size - 1), start + size
end

-- The elements that contents are made of: for tag, contents in der.elements(contents) do ... end
function der.elements(bytes)
  local position = 1
  return function()
    if position > #bytes then return nil end
    local tag, contents
    tag, contents, position = der.unpack(bytes, position)
    return tag, contents
  end
end

-- The number that an INTEGER or ENUMERATED contains.
function der.number(contents)
  expect(#contents >= 1 and #contents <= INTEGER_BYTES_MAX, "integer of a forbidden size")
  return (wire.unpack(">i" .. #contents, contents))
end

-- Receives one element of at most max bytes: its tag and contents.
function der.receive(conn, max)
  local tag, size = conn:receive(2):byte(1, 2)
  if size >= 128 then
    local count = size - 128
    expect(count >= 1 and count <= LENGTH_BYTES_MAX, "length of a forbidden form")
    size = wire.unpack(">I" .. count, conn:receive(count))
  end
  expect(size <= max, "element too long")
  return tag, conn:receive(size)
end

return der
