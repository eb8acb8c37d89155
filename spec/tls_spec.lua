local C, ffi = require "spec.support.c" ("error", "buffer", "certificate", "tds_frames", "tls")
local server_library = require "spec.support.tls_server"

local NOW = 1780000000              -- 2026-05-28
local DAY = 86400

local function new_server(t)
  t = t or {}
  local config = ffi.new("struct tls_server_config", {
    key = t.key or "EC", version_max = t.max or 0, ciphers = t.ciphers, names = t.names,
    not_before = NOW - DAY, not_after = t.not_after or NOW + DAY, chain = t.chain or false, alpn_h2 = t.h2 or false,
    staple = t.staple or false, ask_certificate = t.ask or false,
  })
  return ffi.gc(server_library.tls_server_create(config), server_library.tls_server_destroy)
end

local context = ffi.gc(C.tls_context_create(nil), C.tls_context_destroy)

local function new_client(t)
  t = t or {}
  local config = ffi.new("struct tls_config", {
    sni = t.sni, alpn = t.alpn, ciphers = t.ciphers, groups = t.groups, version_min = t.min or 0,
    version_max = t.max or 0, verify = t.verify ~= false, tds = t.tds or false, now_s = t.now or NOW, seed = t.seed or 0,
  })
  local out, why = ffi.new "struct tls *[1]", ffi.new "struct error"
  local code = C.tls_create(out, context, config, why)
  if code ~= 0 then return nil, ffi.string(why.text) end
  return ffi.gc(out[0], C.tls_destroy)
end

-- What the client has to say, taken.
local function output(client)
  local length = ffi.new "size_t[1]"
  local bytes = ffi.string(C.tls_output(client, length), length[0])
  C.tls_output_consume(client)
  return bytes
end

local function plaintext(client)
  local length = ffi.new "size_t[1]"
  local bytes = C.tls_plaintext(client, length)
  bytes = length[0] > 0 and ffi.string(bytes, length[0]) or ""
  C.tls_plaintext_consume(client)
  return bytes
end

local room = ffi.new("char[?]", 65536)
local function server_output(server)
  return ffi.string(room, server_library.tls_server_output(server, room, 65536))
end
local function server_plaintext(server)
  return ffi.string(room, server_library.tls_server_plaintext(server, room, 65536))
end

local function give(client, bytes, chunk)
  for at = 1, #bytes, chunk or math.max(#bytes, 1) do
    local piece = bytes:sub(at, chunk and at + chunk - 1 or #bytes)
    C.tls_receive(client, piece, #piece)
  end
end

-- Carries bytes to and fro until neither has more to say.
local function connect(client, server, chunk)
  for _ = 1, 10 do
    local mine = output(client)
    server_library.tls_server_receive(server, mine, #mine)
    local theirs = server_output(server)
    give(client, theirs, chunk)
    if #mine == 0 and #theirs == 0 then return end
  end
end

local function facts_of(client)
  local facts = ffi.new "struct tls_facts"
  assert(C.tls_read_facts(client, facts) == 0)
  return facts
end

local function certificate_of(client, host, now, index)
  local length, certificate = ffi.new "size_t[1]", ffi.new "struct certificate"
  local der = C.tls_certificate(client, index or 0, length)
  assert(der ~= nil and C.certificate_read(certificate, der, length[0], now or NOW, host) == 0)
  return certificate
end

local function established(server, t, chunk)
  local client = assert(new_client(t))
  connect(client, server, chunk)
  assert.equal("", ffi.string(C.tls_failure(client)))
  assert.equal(tonumber(C.TLS_OPEN), tonumber(C.tls_state(client)))
  return client
end

local function failed(client)
  assert.equal(tonumber(C.TLS_FAILED), tonumber(C.tls_state(client)))
  return ffi.string(C.tls_failure(client))
end

describe("tls", function()
  it("carries bytes both ways once it is up, also byte by byte", function()
    for _, chunk in ipairs { 0, 1 } do
      local server = new_server()
      local client = established(server, {}, chunk > 0 and chunk or nil)
      assert.equal(0, C.tls_send(client, "hello", 5))
      connect(client, server)
      assert.equal("hello", server_plaintext(server))
      server_library.tls_server_send(server, "220 welcome\r\n", 13)
      give(client, server_output(server), 1)
      assert.equal("220 welcome\r\n", plaintext(client))
      assert.equal("", plaintext(client))
    end
  end)

  it("speaks every version from TLS 1.0 on, and says which", function()
    for version, name in pairs { [0x301] = "TLSv1", [0x302] = "TLSv1.1", [0x303] = "TLSv1.2", [0x304] = "TLSv1.3" } do
      local client = established(new_server { max = version, ciphers = "ALL:@SECLEVEL=0" })
      assert.equal(name, ffi.string(facts_of(client).version))
    end
  end)

  it("says what was agreed", function()
    local facts = facts_of(established(new_server { key = "RSA", max = 0x303, h2 = true, staple = true,
      ciphers = "ECDHE-RSA-AES128-GCM-SHA256" }, { alpn = "h2,http/1.1", groups = "P-384" }))
    assert.equal("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", ffi.string(facts.cipher))
    assert.equal("secp384r1", ffi.string(facts.group))
    assert.equal("h2", ffi.string(facts.alpn))
    assert.is_true(facts.ticket and facts.ocsp and facts.secure_renegotiation)
  end)

  it("names a key exchange without a named group by its size, and none where RSA carried the key", function()
    local dh = facts_of(established(new_server { key = "RSA", max = 0x303, ciphers = "DHE-RSA-AES128-SHA:@SECLEVEL=0" }))
    assert.is_truthy(ffi.string(dh.group):find "^DH%-%d+$")
    local rsa = facts_of(established(new_server { key = "RSA", max = 0x303, ciphers = "AES128-SHA:@SECLEVEL=0" }))
    assert.equal("", ffi.string(rsa.group))
    assert.is_false(rsa.ocsp)
  end)

  it("keeps to what it was told to offer", function()
    local client = new_client { max = 0x303, ciphers = "ECDHE-RSA-AES128-SHA" }
    connect(client, new_server())   -- an EC key
    assert.equal("alert received: handshake_failure", failed(client))
    assert.equal(40, C.tls_alerts(client).received)
    client = new_client { min = 0x304 }
    connect(client, new_server { max = 0x303 })
    assert.equal("alert received: protocol_version", failed(client))
  end)

  it("repeats itself for a seed, and never without one", function()
    local function hello(seed) return output(assert(new_client { seed = seed, sni = "door.example" })) end
    assert.equal(hello(5), hello(5))
    assert.is_true(hello(5) ~= hello(6))
    assert.is_true(hello(0) ~= hello(0))
    local server = new_server { max = 0x302, ciphers = "ALL:@SECLEVEL=0" }
    local client = established(server, { seed = 7 })
    assert.equal(0, C.tls_send(client, "hello", 5))
    connect(client, server)
    assert.equal("hello", server_plaintext(server))
  end)

  it("refuses options that OpenSSL does not have", function()
    for _, wrong in ipairs {
      { ciphers = "NONE-OF-THESE" }, { groups = "P-0" }, { min = 0x309 }, { alpn = ("x"):rep(300) }, { alpn = "a,,b" },
      { sni = ("x"):rep(300) }, { min = 0x304, max = 0x303 },
    } do
      local client, why = new_client(wrong)
      assert.is_nil(client)
      assert.is_true(#why > 0)
    end
  end)

  it("reads the certificate", function()
    local server = new_server { key = "RSA", names = "DNS:door.example,DNS:*.door.example,IP:198.18.0.7,IP:2001:db8::7" }
    local client = established(server)
    local certificate = certificate_of(client, "www.door.example")
    assert.equal("CN=door.example,O=Br\195\188cke", ffi.string(certificate.subject))
    assert.equal("CN=door.example,O=Br\195\188cke", ffi.string(certificate.issuer))
    assert.equal("1234abcd5678", ffi.string(certificate.serial))
    assert.equal("2026-05-27T20:26:40Z", ffi.string(certificate.not_before))
    assert.equal("2026-05-29T20:26:40Z", ffi.string(certificate.not_after))
    assert.same({ "RSA", 2048 }, { ffi.string(certificate.key_type), certificate.key_bits })
    assert.equal("sha256WithRSAEncryption", ffi.string(certificate.signature_algorithm))
    assert.is_true(certificate.self_signed and certificate.name_matches and not certificate.expired)
    local names, start = {}, 0
    for i = 0, certificate.name_count - 1 do
      names[i + 1] = ffi.string(certificate.names + start, certificate.name_end[i] - start)
      start = certificate.name_end[i]
    end
    assert.same({ "door.example", "*.door.example", "198.18.0.7", "2001:db8::7" }, names)
    for host, matches in pairs {
      ["door.example"] = true, ["door.example."] = true, ["a.b.door.example"] = false, ["198.18.0.7"] = true,
      ["198.18.0.8"] = false, ["2001:db8::7"] = true, [""] = false, ["example"] = false,
    } do
      assert.equal(matches, certificate_of(client, host).name_matches, host)
    end
    assert.is_true(certificate_of(client, nil, NOW + 2 * DAY).expired)
    assert.is_false(certificate_of(client, nil).name_matches)
  end)

  it("hashes the certificate as it is and the key without it", function()
    local server = new_server {}
    local der = ffi.string(room, server_library.tls_server_certificate(server, room, 65536))
    local certificate = certificate_of(established(server))
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(der)
    file:close()
    local function hex(command)
      local pipe = io.popen((command:gsub("FILE", path)))
      local text = pipe:read "*a"
      pipe:close()
      return text:match "%x%x%x%x%x%x%x%x+"
    end
    local function text(bytes) return (ffi.string(bytes, 32):gsub(".", function(c) return ("%02x"):format(c:byte()) end)) end
    assert.equal(hex "sha256sum < FILE", text(certificate.sha256))
    assert.equal(hex "openssl x509 -inform DER -in FILE -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum",
      text(certificate.key_sha256))
    os.remove(path)
    assert.same({ "EC", 256 }, { ffi.string(certificate.key_type), certificate.key_bits })
  end)

  it("goes on with certificates that do not verify, and says why", function()
    local self_signed = facts_of(established(new_server()))
    assert.is_false(self_signed.verified)
    assert.equal("self-signed certificate", ffi.string(self_signed.verify_error))
    local client = established(new_server { chain = true })
    local chain = facts_of(client)
    assert.equal(2, chain.chain_length)
    assert.equal("self-signed certificate in certificate chain", ffi.string(chain.verify_error))
    assert.is_false(certificate_of(client).self_signed)
    assert.equal("CN=Spec Root,O=Br\195\188cke", ffi.string(certificate_of(client).issuer))
    assert.is_true(certificate_of(client, nil, nil, 1).self_signed)
    assert.is_true(C.tls_certificate(client, 2, ffi.new "size_t[1]") == nil)
    assert.is_true(facts_of(established(new_server(), { verify = false })).verify_error == nil)
  end)

  it("ends with the server's close_notify, after what came before it", function()
    local server = new_server()
    local client = established(server)
    server_library.tls_server_send(server, "bye", 3)
    server_library.tls_server_close(server)
    give(client, server_output(server))
    assert.equal("bye", plaintext(client))
    assert.equal(tonumber(C.TLS_CLOSED), tonumber(C.tls_state(client)))
    assert.equal(C.ERR_CLOSED, C.tls_send(client, "x", 1))
  end)

  it("says close_notify itself", function()
    local server = new_server()
    local client = established(server)
    C.tls_finish(client)
    assert.is_true(#output(client) > 0)
    assert.equal(C.ERR_CLOSED, C.tls_send(client, "x", 1))
  end)

  it("does not negotiate again", function()
    local server = new_server { max = 0x303 }
    local client = established(server)
    server_library.tls_server_renegotiate(server)
    give(client, server_output(server))   -- a HelloRequest
    assert.equal(tonumber(C.TLS_OPEN), tonumber(C.tls_state(client)))
    assert.equal(100, C.tls_alerts(client).sent)   -- no_renegotiation
    assert.equal(-1, C.tls_alerts(client).received)
  end)

  it("keeps what the session said when the server wants a certificate of ours", function()
    local server = new_server { ask = true }
    local client = assert(new_client())
    connect(client, server)
    assert.equal("alert received: certificate_required", failed(client))
    assert.equal("TLSv1.3", ffi.string(facts_of(client).version))
  end)

  it("takes garbage for what it is", function()
    for garbage, reason in pairs {
      ["SSH-2.0-OpenSSH_9.6\r\n"] = "wrong version number", ["HTTP/1.1 400 Bad Request\r\n\r\n"] = "wrong version number",
      ["\21\3\1\0\2\2\70"] = "alert received: protocol_version", ["\22\3\3\0\4\14\0\0\0"] = "unexpected message",
      ["\22\3\3\255\255"] = "packet length too long",
    } do
      local client = assert(new_client())
      output(client)
      give(client, garbage)
      assert.equal(reason, failed(client))
      give(client, garbage)   -- and stays in order
      assert.equal(reason, failed(client))
      assert.is_true(C.tls_read_facts(client, ffi.new "struct tls_facts") == C.ERR_AGAIN)
    end
  end)

  it("waits for the rest of a truncated handshake, wherever it is cut", function()
    local server = new_server { max = 0x303 }
    local client = assert(new_client())
    local hello = output(client)
    server_library.tls_server_receive(server, hello, #hello)
    local flight = server_output(server)
    give(client, flight:sub(1, -2), 7)
    assert.equal(tonumber(C.TLS_HANDSHAKE), tonumber(C.tls_state(client)))
    assert.equal("", output(client))
    give(client, flight:sub(-1))
    assert.is_true(#output(client) > 0)
  end)

  it("does not take a handshake without end", function()
    local client = assert(new_client())
    output(client)
    -- A message of 16 MiB - 1, in records as large as they may be.
    give(client, "\22\3\3\64\0\2\255\255\255" .. ("\0"):rep(16380))
    for _ = 1, 40 do give(client, "\22\3\3\64\0" .. ("\0"):rep(16384)) end
    assert.is_true(#failed(client) > 0)
  end)

  it("survives mutated flights", function()
    local seed = 7
    local function random(n)
      seed = seed * 16807 % 2147483647
      return math.floor(seed / 2147483647 * n)
    end
    local server = new_server { chain = true, names = "DNS:a.example" , max = 0x303 }
    local client = assert(new_client())
    local hello = output(client)
    server_library.tls_server_receive(server, hello, #hello)
    local flight = server_output(server)
    for _ = 1, 300 do
      local at = random(#flight)
      local bytes = flight:sub(1, at) .. string.char(random(256)) .. flight:sub(at + 2)
      local other = assert(new_client())
      output(other)
      give(other, bytes, random(3) > 0 and 1 + random(200) or nil)
      output(other)
      assert.is_true(tonumber(C.tls_state(other)) ~= tonumber(C.TLS_OPEN))
    end
  end)

  it("does not hold more plaintext than its cap", function()
    local server = new_server()
    local client = established(server)
    local much = ("x"):rep(16384)
    for _ = 1, 17 do server_library.tls_server_send(server, much, #much) end
    repeat
      local bytes = server_output(server)
      give(client, bytes)
    until #bytes == 0
    assert.equal("too much at once", failed(client))
  end)
end)

-- A TDS packet for every `size` bytes.
local function tds_packets(bytes, size, kind)
  local packets = {}
  for at = 1, #bytes, size do
    local piece = bytes:sub(at, at + size - 1)
    local length = #piece + 8
    packets[#packets + 1] = string.char(kind, 1, math.floor(length / 256), length % 256, 0, 0, 1, 0) .. piece
  end
  return table.concat(packets)
end

local function tds_payload(bytes)
  local payload = {}
  while #bytes > 0 do
    assert.equal(18, bytes:byte(1))
    local length = bytes:byte(3) * 256 + bytes:byte(4)
    assert.is_true(length > 8 and length <= 4096 and length <= #bytes)
    assert.equal(length == #bytes and 1 or 0, bytes:byte(2))
    payload[#payload + 1], bytes = bytes:sub(9, length), bytes:sub(length + 1)
  end
  return table.concat(payload)
end

describe("tls in packets of TDS", function()
  local function secure(server, size, kind, chunk)
    local client = assert(new_client { tds = true })
    for _ = 1, 10 do
      local mine = tds_payload(output(client))
      server_library.tls_server_receive(server, mine, #mine)
      local theirs = server_output(server)
      if #mine == 0 and #theirs == 0 then break end
      give(client, tds_packets(theirs, size, kind), chunk)
    end
    assert.equal("", ffi.string(C.tls_failure(client)))
    return client
  end

  it("finishes its handshake, however packets and reads are cut, and goes on without them", function()
    for _, case in ipairs { { 4088, 18 }, { 100, 4, 1 }, { 7, 18, 50 } } do
      local server = new_server()
      local client = secure(server, case[1], case[2], case[3])
      assert.equal("TLSv1.2", ffi.string(facts_of(client).version))
      assert.equal(0, C.tls_send(client, "login", 5))
      local record = output(client)
      assert.equal(23, record:byte())
      server_library.tls_server_receive(server, record, #record)
      assert.equal("login", server_plaintext(server))
    end
  end)

  it("takes what comes with the handshake's last packet, which is in none", function()
    local server = new_server()
    local client = assert(new_client { tds = true })
    local mine = tds_payload(output(client))
    server_library.tls_server_receive(server, mine, #mine)
    give(client, tds_packets(server_output(server), 500, 18))
    mine = tds_payload(output(client))
    server_library.tls_server_receive(server, mine, #mine)
    local finished = server_output(server)
    server_library.tls_server_send(server, "hello", 5)
    give(client, tds_packets(finished, 4088, 18) .. server_output(server))
    assert.equal("", ffi.string(C.tls_failure(client)))
    assert.equal("hello", plaintext(client))
  end)

  it("cuts what is longer than a packet", function()
    local out = ffi.new "struct buffer"
    local text = ("x"):rep(10000)
    assert.equal(0, C.tds_frames_wrap(out, text, #text, 65536))
    assert.equal(text, tds_payload(ffi.string(C.buffer_bytes(out), C.buffer_length(out))))
    assert.equal(C.ERR_FULL, C.tds_frames_wrap(out, text, #text, 12000))
    C.buffer_free(out)
  end)

  it("fails on what is no such packet", function()
    for _, bytes in ipairs { "\22\3\3\0\2\1\0\0", "\18\1\0\7\0\0\1\0", "HTTP/1.1 400" } do
      local client = assert(new_client { tds = true })
      give(client, bytes, 1)
      assert.equal("no TDS packet", failed(client))
    end
  end)
end)

describe("certificate", function()
  it("refuses what is none", function()
    local server = new_server()
    local der = ffi.string(room, server_library.tls_server_certificate(server, room, 65536))
    local certificate = ffi.new "struct certificate"
    assert.equal(0, C.certificate_read(certificate, der, #der, NOW, nil))
    assert.equal(C.ERR_INVALID, C.certificate_read(certificate, der .. "\0", #der + 1, NOW, nil))
    for length = 0, #der - 1, 7 do
      assert.equal(C.ERR_INVALID, C.certificate_read(certificate, der, length, NOW, nil))
    end
  end)

  it("cuts a list of names that is too long", function()
    local names = {}
    for i = 1, 150 do names[i] = ("DNS:n%d.example"):format(i) end
    local certificate = certificate_of(established(new_server { names = table.concat(names, ",") }))
    assert.same({ 100, true }, { certificate.name_count, certificate.names_cut })
  end)
end)
