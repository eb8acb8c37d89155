-- Neo4j (Bolt Protocol, handshake and message specifications): offers four versions, reads the one chosen.
-- From 5.1 on HELLO only says who asks, and the answer names the server; LOGON, which would log in, never follows.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local neo4j = {
  name = "neo4j", ports = { 7687 }, first = "client", timeout = 5,
  fields = {
    agreed = "whether there is a version in common (boolean)", protocol_version = "the version chosen, e.g. 4.4",
    server = "e.g. Neo4j/5.13.0", error = "code of a failure", message = "its text",
  },
}

local MAGIC = "\96\96\176\23"
-- Each: zero, how many versions below it as well, minor, major.
local OFFERS = "\0\8\8\5" .. "\0\4\4\4" .. "\0\0\1\4" .. "\0\0\0\3"
-- PackStream: a structure of a map of two: the client's name, and of its library the name alone.
local HELLO = "\177\1\162\138user_agent\137Sonde/0.1\138bolt_agent\161\135product\137Sonde/0.1"
local GOODBYE = "\0\2\176\2\0\0"
local SUCCESS, FAILURE, MESSAGE_MAX, CHUNKS_MAX = "\177\112", "\177\127", 4096, 64

local function receive_message(conn)
  local message = ""
  for _ = 1, CHUNKS_MAX do
    local size = wire.unpack(">I2", conn:receive(2))
    if size == 0 and message ~= "" then return message end   -- before a message, an empty chunk keeps the connection alive
    expect(#message + size <= MESSAGE_MAX, "message of a forbidden length")
    message = message .. conn:receive(size)
  end
  expect(false, "message without end")
end

-- The text that a map gives to a key: of less than 16 bytes, or of less than 256.
local function text_of(message, key)
  local _, at = message:find(string.char(0x80 + #key) .. key, 1, true)
  local marker = at and message:byte(at + 1) or 0
  if marker >= 0x80 and marker < 0x90 then return (wire.unpack("c" .. marker - 0x80, message, at + 2)) end
  return marker == 0xD0 and wire.unpack("s1", message, at + 2) or nil
end

function neo4j.handshake(conn, record)
  conn:send(MAGIC, OFFERS)
  local reserved, range, minor, major = conn:receive(4):byte(1, 4)
  expect(reserved == 0 and range == 0 and minor <= 32 and major <= 9, "no Bolt version")
  record.agreed = major > 0
  record.protocol_version = major > 0 and major .. "." .. minor or nil
  if major ~= 5 or minor == 0 then return end
  conn:send(wire.pack(">s2 I2", HELLO, 0))
  local message = receive_message(conn)
  record.server = text_of(message, "server")
  if message:sub(1, 2) == FAILURE then record.error, record.message = text_of(message, "code"), text_of(message, "message") end
  expect(record.error or message:sub(1, 2) == SUCCESS, "no answer to HELLO")
  conn:send(GOODBYE)
end

return neo4j
