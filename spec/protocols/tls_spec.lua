local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"
local messages = require "sonde.tls_messages"

local function tls_record(kind, body) return wire.pack(">B I2 s2", kind, 0x303, body) end
local function extension(kind, data) return wire.pack(">I2 s2", kind, data) end
local function message(kind, body) return wire.pack(">B s3", kind, body) end

local function hello(version, session, cipher, extensions, random)
  return message(2, wire.pack(">I2 c32 s1 I2 B", version, random or "random", session, cipher, 0) ..
    (extensions and wire.pack(">s2", extensions) or ""))
end

local modern = hello(0x303, ("s"):rep(32), 0x1302,
  extension(43, "\3\4") .. extension(51, wire.pack(">I2 s2", 29, ("k"):rep(32))))
local older = hello(0x303, "", 0xC02F, extension(0xFF01, "\0") .. extension(16, "\0\3\2h2"))
-- The SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3).
local retry_random = "\xCF\x21\xAD\x74\xE5\x9A\x61\x11\xBE\x1D\x8C\x02\x1E\x65\xB8\x91" ..
  "\xC2\xA2\x11\x16\x7A\xBB\x8C\x5E\x07\x9E\x09\xE2\xC8\xA8\x33\x9C"

-- Answers to our own ClientHello: the first answer only.
local answers = {
  { "a server of TLS 1.3", { tls_record(22, modern) }, fields = {
    version = "TLSv1.3", cipher = "0x1302", session_id_length = 32, extensions = { 43, 51 }, group = 29, retry = false,
    ja3s = "15af977ce25de452b96affa2addb1036", ja4s = "t130200_1302_a56c5b993250",
  } },
  { "a server of TLS 1.2 that goes on with its certificate", {
    tls_record(22, older .. message(11, "\0\0\0")),
  }, fields = {
    version = "TLSv1.2", cipher = "0xc02f", session_id_length = 0, extensions = { 0xFF01, 16 }, alpn = "h2",
    retry = false, ja3s = "7bee5c1d424b7e5f943b06983bb11422", ja4s = "t1202h2_c02f_87b1562aab70",
  } },
  { "a ServerHello cut into records", {
    tls_record(22, modern:sub(1, 3)), tls_record(22, modern:sub(4, 50)) .. tls_record(22, modern:sub(51)),
  }, fields = {
    version = "TLSv1.3", cipher = "0x1302", session_id_length = 32, extensions = { 43, 51 }, group = 29, retry = false,
    ja3s = "15af977ce25de452b96affa2addb1036", ja4s = "t130200_1302_a56c5b993250",
  } },
  { "an old server without extensions", { tls_record(22, hello(0x301, "", 0x35)) },
    fields = { version = "TLSv1.0", cipher = "0x0035", session_id_length = 0, retry = false,
      ja3s = "ab1e32eeaf70ee94c0af00f08d126891", ja4s = "t100000_0035_000000000000" } },
  { "a server that wants another key share", {
    tls_record(22, hello(0x303, "", 0x1301, extension(43, "\3\4") .. extension(51, "\0\23"), retry_random)),
  }, fields = {
    version = "TLSv1.3", cipher = "0x1301", session_id_length = 0, extensions = { 43, 51 }, group = 23, retry = true,
    ja3s = "f4febc55ea12b31ae17cfb7e614afda8", ja4s = "t130200_1301_a56c5b993250",
  } },
  { "an alert", { tls_record(21, "\2\40") }, fields = { alert_level = 2, alert = 40 } },
  { "a warning before the ServerHello", { tls_record(21, "\1\112") .. tls_record(22, older) }, fields = {
    alert_level = 1, alert = 112, version = "TLSv1.2", cipher = "0xc02f", session_id_length = 0,
    extensions = { 0xFF01, 16 }, alpn = "h2", retry = false,
    ja3s = "7bee5c1d424b7e5f943b06983bb11422", ja4s = "t1202h2_c02f_87b1562aab70",
  } },
  hostile = {
    { "a record of 64 KiB", { "\22\3\3\255\255" }, fields = {} },
    { "an empty record", { "\22\3\3\0\0" }, fields = {} },
    { "an alert of three bytes", { tls_record(21, "\2\40\0") }, fields = {} },
    { "a record of application data", { tls_record(23, "12") }, fields = {} },
    { "a ServerHello of 16 MiB", { tls_record(22, "\2\255\255\255") }, fields = {} },
    { "another message", { tls_record(22, message(11, "\0\0\0")) }, fields = {} },
    { "a ServerHello without a cipher", { tls_record(22, message(2, ("\3"):rep(36))) }, fields = {} },
    { "a session id of 255 bytes", { tls_record(22, hello(0x303, ("s"):rep(255), 0x1301)) }, fields = {} },
    { "extensions that leave the message", { tls_record(22, message(2, wire.pack(">I2 c32 s1 I2 B I2", 0x303, "", "",
      0x1301, 0, 500))) }, fields = { cipher = "0x1301", session_id_length = 0, retry = false } },
    { "an extension that leaves the extensions", { tls_record(22, hello(0x303, "", 0x1301, "\0\43\0\9\3\4")) } },
    { "a version without bytes", { tls_record(22, hello(0x303, "", 0x1301, extension(43, ""))) } },
    { "records of one byte without end", { tls_record(22, "\2") .. (tls_record(22, "\0")):rep(500) } },
    { "warnings without end", { (tls_record(21, "\1\0")):rep(500) }, fields = { alert_level = 1, alert = 0 } },
  },
  wrong = "tls",
}
for _, case in ipairs(answers) do case.options = { full = false } end
for _, case in ipairs(answers.hostile) do case.options = { full = false } end
behaves("tls", answers)

describe("protocol tls", function()
  local tls = peer.load "tls"

  -- The extensions of a ClientHello, by their numbers; every length on the way is checked.
  local function client_hello(bytes)
    local kind, version, body, position = wire.unpack(">B I2 s2", bytes)
    assert.same({ 22, 0x301, #bytes + 1 }, { kind, version, position })
    local what, content, last = wire.unpack(">B s3", body)
    assert.same({ 1, #body + 1 }, { what, last })
    local legacy, random, session, ciphers, compression, extensions, final =
      wire.unpack(">I2 c32 s1 s2 s1 s2", content)
    assert.same({ 0x303, 32, 0, "\0", #content + 1 }, { legacy, #session, #ciphers % 2, compression, final })
    local found, at = {}, 1
    while at <= #extensions do
      local number, data
      number, data, at = wire.unpack(">I2 s2", extensions, at)
      assert.is_nil(found[number])
      found[number] = data
    end
    return found, random
  end

  it("opens as RFC 8446 section 4.1.2 has it", function()
    local extensions = client_hello(peer.run(tls, {}, { full = false }).sent)
    assert.is_nil(extensions[0])
    assert.equal("\4\3\4\3\3", extensions[43])
    assert.equal("\0\36\0\29\0\32", extensions[51]:sub(1, 6))
    assert.equal(38, #extensions[51])
    assert.equal("\0\12\2h2\8http/1.1", extensions[16])
  end)

  it("names the server where it has a name", function()
    local function name(host) return client_hello(peer.run(tls, {}, { host = host, full = false }).sent)[0] end
    assert.equal("\0\15\0\0\12door.example", name "door.example")
    assert.equal("\0\15\0\0\12door.example", name "door.example.")
    assert.is_nil(name "2001:db8::a")
    assert.is_nil(name "198.18.0.7")
  end)

  it("is never the same twice", function()
    local _, one = client_hello(peer.run(tls, {}, { seed = 1, full = false }).sent)
    local _, two = client_hello(peer.run(tls, {}, { seed = 2, full = false }).sent)
    assert.is_true(one ~= two)
  end)

  it("reads the first bytes of an answer as it reads a connection", function()
    local record = {}
    messages.read_answer(tls_record(22, modern), record)
    assert.same(answers[1].fields, record)
    for length = 0, #modern + 4 do
      local ok, failure = pcall(messages.read_answer, tls_record(22, modern):sub(1, length), {})
      assert.same({ false, "mismatch" }, { ok, failure.outcome })
    end
  end)

  it("offers HTTP but where something else is at home", function()
    local function alpn(port) return peer.run(tls, { { tls = {} } }, { port = port }).tls_options.alpn end
    assert.same({ "http/1.1", "http/1.1", "http/1.1" }, { alpn(443), alpn(6443), alpn(50443) })
    assert.is_nil(alpn(993) or alpn(636) or alpn(9001))
  end)

  it("leaves a whole handshake to the engine, and says how it failed", function()
    local function run(answer) return peer.run(tls, { { tls = answer } }) end
    assert.same({ "done", {} }, { run({ version = "TLSv1.3" }).outcome, run({ version = "TLSv1.3" }).record })
    local failed = run "alert received: handshake_failure"
    assert.same({ "tls", "alert received: handshake_failure" }, { failed.outcome, failed.what })
  end)
end)
