local behaves = require "spec.support.behaves"
local der = require "sonde.der"
local wire = require "sonde.wire"
local pack = der.pack

local function answer(tag, ...) return wire.pack(">s4", pack(tag, pack(0x30, ...))) end

local function refusal(code, realm, more)
  return answer(0x7E, pack(0xA0, "\2\1\5"), pack(0xA1, "\2\1\30"), pack(0xA4, pack(24, "20240101120000Z")),
    pack(0xA5, "\2\3\1\2\3"), pack(0xA6, pack(2, code)), pack(0xA9, pack(27, realm)),
    pack(0xAA, pack(0x30, "\160\3\2\1\2\161\0")), more or "")
end

behaves("kerberos", {
  { "a KDC that knows no such realm", { { 10 }, refusal("\68", "EXAMPLE.ORG") },
    fields = { error = 68, realm = "EXAMPLE.ORG", server_time = "20240101120000Z" } },
  { "a KDC that says so in words", { refusal("\6", "EXAMPLE.ORG", pack(0xAB, pack(27, "CLIENT_NOT_FOUND"))) }, fields = {
    error = 6, realm = "EXAMPLE.ORG", server_time = "20240101120000Z", text = "CLIENT_NOT_FOUND",
  } },
  { "a ticket", { answer(0x6B, pack(0xA0, "\2\1\5")) }, fields = { ticket = true } },
  hostile = {
    { "an answer of 4 GiB", { "\255\255\255\255" }, fields = {} },
    { "an element that leaves its bounds", { "\0\0\0\5\126\3\48\9\160" }, fields = {} },
    { "an error that is a set", { (refusal("\68", "EXAMPLE.ORG"):gsub("0", "1", 1)) }, fields = {} },
    { "an error without a number", { answer(0x7E, pack(0xA0, "\2\1\5")) }, fields = {} },
    { "a number of ten bytes", { answer(0x7E, pack(0xA6, pack(2, ("\1"):rep(10)))) }, fields = {} },
  },
})

describe("protocol kerberos", function()
  it("asks for a ticket in DER that is whole", function()
    local peer = require "spec.support.peer"
    local sent = peer.run(peer.load "kerberos", {}).sent
    local length, position = wire.unpack(">I4", sent)
    assert.equal(#sent - 4, length)
    local function walk(bytes)
      for tag, contents in der.elements(bytes) do
        if tag >= 0x60 or tag == 0x30 then walk(contents) end
      end
    end
    walk(sent:sub(position))
    assert.equal(0x6A, (der.unpack(sent, position)))
  end)
end)
