-- BSON (bsonspec.org, version 1.1): writes documents, and reads the texts and numbers of one.

local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local bson = {}

local TEXT, DOCUMENT, ARRAY, BOOLEAN, SCOPE, INT32 = 2, 3, 4, 8, 15, 16
local ELEMENTS_MAX = 256
-- Types whose values are kept, and those that are stepped over.
local KEPT = { [TEXT] = "<s4", [BOOLEAN] = "<B", [INT32] = "<i4" }
local SKIPPED = {
  [1] = "x8", [5] = "<s4 x", [6] = "", [7] = "x12", [9] = "x8", [10] = "", [11] = "z z", [12] = "<s4 x12", [13] = "<s4",
  [14] = "<s4", [17] = "x8", [18] = "x8", [19] = "x16", [127] = "", [255] = "",
}

-- Elements, of which bson.document makes a document.
function bson.text(name, value) return pack("<B z s4", TEXT, name, value .. "\0") end
function bson.int32(name, value) return pack("<B z i4", INT32, name, value) end
function bson.boolean(name, value) return pack("<B z B", BOOLEAN, name, value and 1 or 0) end

function bson.document(...)
  local elements = table.concat { ... }
  return pack("<I4", #elements + 5) .. elements .. "\0"
end

-- The value and the position after it; nil for a document within, and for what is stepped over.
local function read_value(kind, bytes, position)
  if kind == DOCUMENT or kind == ARRAY or kind == SCOPE then   -- a code with its scope has its size before it, too
    local size = unpack("<I4", bytes, position)
    expect(size >= 5, "no document")
    return nil, position + size
  end
  local format = KEPT[kind]
  if not format then return nil, (select(-1, unpack(expect(SKIPPED[kind], "unknown type"), bytes, position))) end
  local value, after = unpack(format, bytes, position)
  if kind == BOOLEAN then value = value == 1 end
  if kind == TEXT then value = value:match "^[^%z]*" end
  return value, after
end

-- The document at position: { name = text, number or boolean }, without those within it. At most 256 elements are looked at.
function bson.read(bytes, position)
  local values = {}
  position = position + 4
  for _ = 1, ELEMENTS_MAX do
    local kind, start = unpack("<B", bytes, position)
    if kind == 0 then break end
    local name
    name, position = unpack("<z", bytes, start)
    values[name], position = read_value(kind, bytes, position)
  end
  return values
end

return bson
