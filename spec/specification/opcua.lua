-- What is true of the servers in spec/worlds/servers/opcua.lua (OPC 10000-6 section 7.1.2).
local hex = require "spec.support.hex"
local wire = require "sonde.wire"

-- Version, two buffers of 64 KiB, two limits, and the URL.
local function hello(url, buffers)
  local body = hex("00 00 00 00" .. (buffers or "00 00 01 00 00 00 01 00") .. "00 00 00 00 00 00 00 00") .. wire.pack("<s4", url)
  return "HELF" .. wire.pack("<I4", #body + 8) .. body
end
local function error_of(code, reason)
  return "ERRF" .. wire.pack("<I4", #reason + 16) .. hex(code) .. wire.pack("<s4", reason)
end

local HELLO = hello "opc.tcp://bcd:4840"
local ACKNOWLEDGE = "ACKF" .. hex "1C 00 00 00 00 00 00 00 00 40 00 00 00 80 00 00 00 00 00 01 88 13 00 00"
local WRONG_TYPE = error_of("00 00 7E 80", "The type of the message is not valid.")
local WRONG_URL = error_of("00 00 83 80", "The server does not know this URL.")
local SMALL = error_of("00 00 81 80", "The buffers are too small.")
local ways = { http = "opcua", tls = "opcua" }   -- an error; two empty lines are less than a header

return {
  specification = "OPC 10000-6",
  hosts = {
    { ways = ways, fields = {
      protocol_version = 0, receive_buffer = 16384, send_buffer = 32768, max_message = 16777216, max_chunks = 5000,
    } },
    { ways = ways, fields = { error = "0x807d0000", reason = "The server has no room." } },
  },
  asks = {
    { "small buffers", hello("opc.tcp://lamp:4840/", "00 20 00 00 00 20 00 00"),
      "ACKF" .. hex "1C 00 00 00 00 00 00 00 00 20 00 00 00 20 00 00 00 00 00 01 88 13 00 00" },
    { "smaller ones", hello("opc.tcp://lamp:4840/", "FF 1F 00 00 00 20 00 00"), SMALL, "closed" },
    { "another port", hello "opc.tcp://lamp:4841/", WRONG_URL, "closed" },
    { "another path", hello "opc.tcp://lamp:4840/other", WRONG_URL, "closed" },
    { "no URL", hello "", WRONG_URL, "closed" },
    { "a URL without end", HELLO:sub(1, 28) .. hex "01 10 00 00" .. HELLO:sub(33), WRONG_URL, "closed" },
    { "a Hello of 4 GiB", "HELF\255\255\255\255", error_of("00 00 80 80", "The message is too large."), "closed" },
    { "a Hello without a body", "HELF\8\0\0\0", error_of("00 00 07 80", "The body does not fit its length."), "closed" },
    { "two Hellos", HELLO .. HELLO, ACKNOWLEDGE .. WRONG_TYPE, "closed" },
    { "a message without a channel", HELLO .. "MSGF\8\0\0\0", ACKNOWLEDGE .. error_of("00 00 7F 80", "There is no such channel."),
      "closed" },
  },
  -- Free: a version that is newer; buffers that are larger, or larger than the server's own; limits; the name of the host.
  strict = { { "a Hello", HELLO, ACKNOWLEDGE, free = { { 9, 14 }, { 16, 18 }, { 20, 28 }, { 43, 45 } } } },
}
