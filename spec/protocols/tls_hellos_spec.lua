-- The ClientHellos that OpenSSL would not make: tls_export, ssl3 and ssl2.
local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"

local function tls_record(version, kind, body) return wire.pack(">B I2 s2", kind, version, body) end
local function message(kind, body) return wire.pack(">B s3", kind, body) end

local function hello(version, cipher)
  return message(2, wire.pack(">I2 c32 s1 I2 B", version, "random", "session", cipher, 0))
end

local certificates = message(11, wire.pack(">s3", wire.pack(">s3 s3", "one", "two")))
local done = message(14, "")

local export_answer = tls_record(0x301, 22, hello(0x301, 3))
local ssl3_answer = tls_record(0x300, 22, hello(0x300, 0x0A) .. certificates .. done)

local export_fields = {
  version = "TLSv1.0", cipher = "0x0003", session_id_length = 7, retry = false,
  ja3s = "b2da409a6761b6e919f874131918a409", ja4s = "t100000_0003_000000000000",
}
local function ssl3_fields(list)
  return {
    version = "SSLv3", cipher = "0x000a", session_id_length = 7, retry = false, certificates = list,
    ja3s = "beee243d749b8f43c283eeaf7517600d", ja4s = "ts30000_000a_000000000000",
  }
end

-- SHA-256 of "one" and "two".
local ONE = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
local TWO = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"

behaves("tls_export", {
  { "a server that still takes it", { export_answer }, fields = export_fields },
  { "a server that does not", { tls_record(0x301, 21, "\2\40") }, fields = { alert_level = 2, alert = 40 } },
  hostile = {
    { "an alert without its description", { "\21\3\1\0\1\2" }, fields = {} },
    { "a ServerHello of 64 KiB", { tls_record(0x301, 22, "\2\1\0\0") }, fields = {} },
  },
})

behaves("ssl3", {
  { "a server of SSL 3", { ssl3_answer }, fields = ssl3_fields { ONE, TWO } },
  { "a server without a certificate", { tls_record(0x300, 22, hello(0x300, 0x0A)), tls_record(0x300, 22, done) },
    fields = ssl3_fields() },
  { "a server that speaks newer versions only", { tls_record(0x301, 21, "\2\70") },
    fields = { alert_level = 2, alert = 70 } },
  { "an alert after the ServerHello", { tls_record(0x300, 22, hello(0x300, 0x0A)), tls_record(0x300, 21, "\2\80") },
    fields = (function()
      local fields = ssl3_fields()
      fields.alert_level, fields.alert = 2, 80
      return fields
    end)() },
  hostile = {
    { "certificates of 16 MiB", { tls_record(0x300, 22, hello(0x300, 0x0A) .. "\11\255\255\255") } },
    { "a certificate that leaves the list", {
      tls_record(0x300, 22, hello(0x300, 0x0A) .. message(11, "\0\0\5\0\0\9ab")),
    }, fields = ssl3_fields() },
    { "messages without end", { tls_record(0x300, 22, hello(0x300, 0x0A)) .. tls_record(0x300, 22, message(99, "")):rep(80) } },
  },
})

local function ssl2_record(body) return wire.pack(">I2", 0x8000 + #body) .. body end
local function server_hello2(certificate, kinds, id)
  return wire.pack(">BBB I2 I2 I2 I2", 4, 0, 1, 2, #certificate, #kinds, #id) .. certificate .. kinds .. id
end
local ssl2_answer = ssl2_record(server_hello2("one", "\1\0\128\7\0\192", ("i"):rep(16)))

behaves("ssl2", {
  { "a server of SSL 2", { ssl2_answer }, fields = {
    version = "SSLv2", ciphers = { "0x010080", "0x0700c0" }, certificates = { ONE },
  } },
  { "a server without a cipher for us", { ssl2_record "\0\0\1" }, fields = { error_code = 1 } },
  { "a server that speaks newer versions only", { tls_record(0x301, 21, "\2\70") },
    fields = { alert_level = 2, alert = 70 } },
  hostile = {
    { "lengths that do not add up", {
      ssl2_record(wire.pack(">BBB I2 I2 I2 I2", 4, 0, 1, 2, 0xFFFF, 3, 16) .. ("x"):rep(30)),
    }, fields = {} },
    { "another version", { ssl2_record(wire.pack(">BBB I2 I2 I2 I2", 4, 0, 1, 3, 0, 0, 0)) }, fields = {} },
    { "a cipher list that is cut", { ssl2_record(server_hello2("", "\1\0\128\7", "")) }, fields = {} },
    { "an empty record", { "\128\0\4" }, fields = {} },
  },
})

describe("protocol ssl2", function()
  it("offers SSL 2 only, with lengths that add up", function()
    local sent = peer.run(peer.load "ssl2", {}).sent
    local length, kind, version, ciphers, session, challenge = wire.unpack(">I2 B I2 I2 I2 I2", sent)
    assert.same({ 0x8000 + #sent - 2, 1, 2, 0, 16 }, { length, kind, version, session, challenge })
    assert.same({ 0, #sent }, { ciphers % 3, 11 + ciphers + challenge })
  end)
end)

describe("protocol tls_export", function()
  local proto = peer.load "tls_export"

  it("offers TLS_RSA_EXPORT_WITH_RC4_40_MD5 and nothing else", function()
    local body = wire.unpack(">x5 x s3", peer.run(proto, {}, { host = "door.example" }).sent)
    local version, _, session, ciphers, compression, extensions = wire.unpack(">I2 c32 s1 s2 s1 s2", body)
    assert.same({ 0x303, "", "\0\3", "\0" }, { version, session, ciphers, compression })
    assert.equal("\0\0\0\17\0\15\0\0\12door.example", extensions)
  end)
end)

describe("protocol ssl3", function()
  local proto = peer.load "ssl3"

  it("offers SSL 3 without extensions", function()
    local kind, version, message_bytes = wire.unpack(">B I2 s2", peer.run(proto, {}).sent)
    assert.same({ 22, 0x300 }, { kind, version })
    local offered, _, _, ciphers, _, position = wire.unpack(">I2 c32 s1 s2 s1", message_bytes, 5)
    assert.same({ 0x300, 0, #message_bytes + 1 }, { offered, #ciphers % 2, position })
  end)
end)
