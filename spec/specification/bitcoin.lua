-- What is true of the node in spec/worlds/servers/bitcoin.lua (Bitcoin developer reference).
local hex = require "spec.support.hex"

-- The version message that the protocol's documentation takes for its example, of a node 0.7.2; and the verack.
local VERSION = hex [[
  F9 BE B4 D9 76 65 72 73 69 6F 6E 00 00 00 00 00 64 00 00 00 35 8D 49 32
  62 EA 00 00 01 00 00 00 00 00 00 00 11 B2 D0 50 00 00 00 00
  01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF FF 00 00 00 00 00 00
  00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF FF 00 00 00 00 00 00
  3B 2E B3 5D 8C E6 17 65 0F 2F 53 61 74 6F 73 68 69 3A 30 2E 37 2E 32 2F C0 3E 03 00 ]]
local VERACK = hex "F9 BE B4 D9 76 65 72 61 63 6B 00 00 00 00 00 00 00 00 00 00 5D F6 E0 E2"

-- A version of its own, whose nonce nobody knows, and the verack.
local function greets(answer)
  return answer:sub(1, 16) == VERSION:sub(1, 16) and answer:find("/Satoshi:25.0.0/", 1, true) ~= nil
    and answer:sub(-24) == VERACK
end

return {
  specification = "the Bitcoin developer reference",
  hosts = {
    { ways = { http = "closed", tls = "closed" }, fields = {
      protocol_version = 70016, services = 1033, user_agent = "/Satoshi:25.0.0/", start_height = 825000, relay = true,
    } },
  },
  asks = {
    { "the verack alone", VERACK, "" },
    { "a version after other messages", VERACK .. VERSION, greets },
    { "another network", hex "0B 11 09 07" .. VERSION:sub(5), "", "closed" },
    { "a message of 4 GiB", VERACK:sub(1, 16) .. "\255\255\255\255" .. VERACK:sub(21), "", "closed" },
  },
  strict = { { "the documentation's example", VERSION, greets } },
}
