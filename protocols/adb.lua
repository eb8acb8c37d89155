-- Android Debug Bridge (AOSP adb/protocol.txt, CNXN): introduces itself as a host.
-- The device introduces itself or demands authentication, which is not given, so that it asks nobody.
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local adb = {
  name = "adb", ports = { 5555 }, first = "client", timeout = 5,
  fields = {
    answer = "CNXN, AUTH or STLS", banner = "the device's own", product = "name of the product", model = "its model",
    device = "its device name", features = "comma-separated", max_payload = "bytes (number)",
  },
}

local VERSION, MAX_PAYLOAD, BANNER, DATA_MAX = 0x01000000, 4096, "host::\0", 4096
-- Command, two arguments, length and sum of the data, and the command inverted.
local HEADER = "<c4 I4 I4 I4 I4 c4"
local ANSWERS = { CNXN = true, AUTH = true, STLS = true }

local function inverted(command)
  return (command:gsub(".", function(letter) return string.char(255 - letter:byte()) end))
end

local function sum(bytes)
  local total = 0
  for at = 1, #bytes do total = total + bytes:byte(at) end
  return total
end

function adb.handshake(conn, record)
  conn:send(wire.pack(HEADER, "CNXN", VERSION, MAX_PAYLOAD, #BANNER, sum(BANNER), inverted "CNXN"), BANNER)
  local command, _, payload, length, _, magic = wire.unpack(HEADER, conn:receive(24))
  expect(ANSWERS[command] and magic == inverted(command) and length <= DATA_MAX, "no answer of adb")
  record.answer = command
  if command ~= "CNXN" then return end
  local banner = conn:receive(length):match "^[^%z]*"
  record.max_payload, record.banner = payload, banner
  record.product, record.model = banner:match "ro%.product%.name=([^;]*)", banner:match "ro%.product%.model=([^;]*)"
  record.device, record.features = banner:match "ro%.product%.device=([^;]*)", banner:match "features=([^;]*)"
end

return adb
