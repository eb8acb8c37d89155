-- wire.pack and wire.unpack: numbers and strings as they stand on the wire.
local wire = require "sonde.wire"

-- A DNS name is labels with a length byte before each; a question ends with type and class, big-endian.
local question = wire.pack(">s1 s1 B I2 I2", "version", "bind", 0, 16, 3)
assert(question == "\7version\4bind\0\0\16\0\3")

-- Unpacking gives the values, and then the position after them, to go on from there.
local label, position = wire.unpack("s1", question)
assert(label == "version" and position == 9)
local kind, class = wire.unpack(">I2 I2", question, 15)
assert(kind == 16 and class == 3)

-- Bytes that end too early end a handshake with outcome "mismatch"; so nobody needs to check lengths by hand.
local ok, failure = pcall(wire.unpack, ">I4", "\0\1")
assert(not ok and failure.outcome == "mismatch")
