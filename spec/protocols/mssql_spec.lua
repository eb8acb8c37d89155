local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"

-- The client's packet of MS-TDS section 4.1, but for the version it names and the thread.
local asked = "\18\1\0\47\0\0\1\0\0\0\26\0\6\1\0\32\0\1\2\0\33\0\1\3\0\34\0\4\4\0\38\0\1\255" ..
  "\0\0\0\0\0\0\0\0\0\0\0\0\1"

local function packet(payload) return wire.pack(">B B I2 I2 B B", 4, 1, #payload + 8, 0, 1, 0) .. payload end

local answer = "\0\0\26\0\6\1\0\32\0\1\2\0\33\0\1\3\0\34\0\0\4\0\34\0\1\255\16\0\3\232\0\0\2\0\0"

local secure = "\0\0\11\0\6\1\0\17\0\1\255\15\0\7\208\0\0\3"

behaves("mssql", {
  { "SQL Server 2022", { { asked }, packet(answer) }, sent = asked,
    fields = { version = "16.0.1000.0", encryption = "not supported", instance_valid = true, mars = false } },
  { "a server that wants TLS", { { asked }, packet(secure), { tls = { version = "TLSv1.2" } } }, sent = asked .. peer.HELLO,
    fields = { version = "15.0.2000.0", encryption = "required" } },
  { "an error", { packet(wire.pack("<B I2 I4 B B I2", 0xAA, 20, 4014, 1, 16, 2) .. "N\0o\0\0\0\0\0\0\0") },
    fields = { error = 4014, message = "No" } },
  hostile = {
    { "words put before TLS", { packet(secure) .. "\18", { tls = { version = "TLSv1.2" } } }, outcome = "tls" },
    { "TLS that does not come up", { packet(secure), { tls = "no TDS packet" } }, outcome = "tls",
      fields = { version = "15.0.2000.0", encryption = "required" } },
    { "a packet of 64 kB", { "\4\1\255\255\0\0\1\0" }, fields = {} },
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "an option outside of its packet", { packet "\0\255\255\0\6\255" }, fields = {} },
    { "a version that is too short", { packet "\0\0\6\0\2\255\1\2" }, fields = {} },
    { "options without end", { packet(("\5\0\0\0\0"):rep(40)) }, fields = {} },
    { "an empty packet", { "\4\1\0\8\0\0\1\0" }, fields = {} },
  },
})

describe("protocol mssql", function()
  it("has TLS's handshake travel in TDS packets", function()
    local result = peer.run(peer.load "mssql", { packet(secure), { tls = { version = "TLSv1.2" } } })
    assert.is_true(result.tls_options.tds)
  end)
end)
