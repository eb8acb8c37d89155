local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local asked = "\20\0\255\255\255\255\15\010198.18.0.7\99\221\1\1\0"

local function variable(n)
  return n < 128 and string.char(n) or string.char(n % 128 + 128) .. variable(math.floor(n / 128))
end

local function answer(status)
  local text = variable(#status) .. status
  return variable(#text + 1) .. "\0" .. text
end

local status = '{"version":{"name":"1.20.4","protocol":765},"players":{"max":20,"online":3,"sample":[{"name":"x"}]},' ..
  '"description":{"text":"A Minecraft Server"},"favicon":"data:image/png;base64,' .. ("A"):rep(300) .. '"}'

behaves("minecraft", {
  { "a server", { { asked }, answer(status) }, sent = asked, fields = {
    version = "1.20.4", protocol_version = 765, players_online = 3, players_max = 20, description = "A Minecraft Server",
  } },
  { "one that is plain, and newer than the picture before it", {
    answer('{"favicon":"' .. ("A"):rep(20000) .. '","description":"plain","version":{"protocol":-1,"name":"x"}}'),
  }, fields = { version = "x", protocol_version = -1, description = "plain" } },
  hostile = {
    { "a status of 256 MiB", { "\255\255\255\127\0" }, fields = {} },
    { "a length of six bytes", { "\255\255\255\255\255\1" }, fields = {} },
    { "a length that is another than its packet's", { "\9\0\3{}" }, fields = {} },
    { "a status of nothing", { answer "{\"a\":1}" }, fields = {} },
    { "braces without end", { answer(('{"version":'):rep(2000)) }, fields = {} },
  },
})

describe("protocol minecraft", function()
  it("says a long name in a packet whose length takes two bytes", function()
    local sent = peer.run(peer.load "minecraft", {}, { host = ("x"):rep(200) }).sent
    assert.equal("\137\1\0\255\255\255\255\15\127", sent:sub(1, 9))
    assert.equal(2 + 137 + 2, #sent)
  end)
end)
