-- Bitcoin's peers (Bitcoin developer reference, P2P network, "version"): introduces itself as a node that offers nothing.
-- Reads the peer's own introduction. Relays nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local bitcoin = {
  name = "bitcoin", ports = { 8333 }, first = "client", timeout = 8,
  fields = {
    protocol_version = "of the peer (number)", user_agent = "e.g. /Satoshi:25.0.0/", start_height = "blocks it has (number)",
    relay = "whether it wants transactions (boolean)", services = "lower 32 bits of what it offers (number)",
  },
}

local MAGIC, PROTOCOL, PAYLOAD_MAX = "\249\190\180\217", 70015, 1024
local NOWHERE = ("\0"):rep(18) .. "\255\255" .. ("\0"):rep(6)   -- services, address and port of none
-- Always the same, so that its checksum (the first bytes of SHA-256, done twice) need not be counted each time.
local INTRODUCTION = pack("<I4 x8 x8", PROTOCOL) .. NOWHERE .. NOWHERE .. "sondeson" .. pack("<s1 x4 x", "/Sonde:0.1/")
local CHECKSUM = "\242\152\213\9"

function bitcoin.handshake(conn, record)
  conn:send(pack("<c4 c12 I4 c4", MAGIC, "version", #INTRODUCTION, CHECKSUM), INTRODUCTION)
  local magic, command, length = unpack("<c4 c12 I4", conn:receive(24))
  expect(magic == MAGIC and command:match "^[^%z]*" == "version", "no version message")
  expect(length >= 85 and length <= PAYLOAD_MAX, "version message of a forbidden length")
  local payload = conn:receive(length)
  local version, services, size, position = unpack("<I4 I4 x4 x8 x26 x26 x8 B", payload)
  expect(size < 0xFD and position + size + 4 <= length + 1, "name too long")
  record.protocol_version, record.services = version, services
  record.user_agent = payload:sub(position, position + size - 1)
  record.start_height, position = unpack("<I4", payload, position + size)
  if position <= length then record.relay = payload:byte(position) ~= 0 end
end

return bitcoin
