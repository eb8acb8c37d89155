-- What is true of the servers in spec/worlds/servers/minecraft.lua.
local hex = require "spec.support.hex"

local HELLO = hex "13 00 FF FF FF FF 0F 09" .. "localhost" .. hex "63 DD 01"   -- "VarInt" has the bytes of -1
local EXAMPLE = '{"version":{"name":"1.21.5","protocol":770},"players":{"max":100,"online":5,"sample":' ..
  '[{"name":"thinkofdeath","id":"4566e69f-c907-48ee-8d71-d7ba5aa00d20"}]},"description":{"text":"Hello, world!"},' ..
  '"favicon":"data:image/png;base64,<data>","enforcesSecureChat":false}'
local length = string.char(#EXAMPLE % 128 + 128, math.floor(#EXAMPLE / 128))
local packet = string.char((#EXAMPLE + 3) % 128 + 128, math.floor((#EXAMPLE + 3) / 128))
local ANSWER = packet .. "\0" .. length .. EXAMPLE
local ways = { http = "closed", tls = "closed" }

return {
  specification = "the Minecraft protocol, Server List Ping",
  hosts = {
    { fields = {
      version = "1.21.5", protocol_version = 770, players_online = 5, players_max = 100, description = "Hello, world!",
    }, ways = ways },
    { fields = {
      version = "1.8 \"Bountiful\"", protocol_version = 47, players_online = 0, players_max = 20,
      description = "\194\167aA \"plain\" {text}",
    }, ways = ways },
    { fields = { version = "1.20", protocol_version = 763 }, ways = ways },
  },
  asks = {
    { "the document's example of a status", HELLO .. hex "01 00", ANSWER },
    { "a ping, with any number", HELLO .. hex "09 01 00 00 00 00 12 34 56 78", hex "09 01 00 00 00 00 12 34 56 78", "closed" },
    { "an older ping (1.4 to 1.5)", hex "FE 01", hex [[FF 00 23 00 A7 00 31 00 00 00 34 00 37 00 00 00 31 00 2E
        00 34 00 2E 00 32 00 00 00 41 00 20 00 4D 00 69 00 6E 00 65 00 63 00 72 00 61 00 66 00 74 00 20 00 53 00 65 00 72 00 76
        00 65 00 72 00 00 00 30 00 00 00 32 00 30]], "closed" },
  },
  -- The number of the client's version, its name for the server and the port tell the server nothing that matters here.
  strict = { { "a status", HELLO .. hex "01 00", ANSWER, free = { { 3, 7 }, { 9, 19 } } } },
}
