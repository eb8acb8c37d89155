-- Values from the documents that define them.
local wire = require "sonde.wire"
require "spec.support.peer"   -- where sonde.crypto comes from in specs
local crypto = require "sonde.crypto"
local ssh_keys = require "sonde.ssh_keys"

local function bytes(hexadecimal)
  return (hexadecimal:gsub("%s", ""):gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

local function hex(text)
  return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

describe("crypto", function()
  it("hashes as FIPS 180-4 and RFC 4231 say", function()
    assert.equal("a9993e364706816aba3e25717850c26c9cd0d89d", hex(crypto.hash("sha1", "abc")))
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", hex(crypto.hash("sha256", "abc")))
    assert.equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      hex(crypto.hmac("sha256", "Jefe", "what do ya want for nothing?")))
    assert.has_error(function() crypto.hash("md4", "abc") end)
  end)

  it("encrypts as SP 800-38A section F.5.1 says, from any block on", function()
    local key, counter = bytes "2b7e151628aed2a6abf7158809cf4f3c", bytes "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    local plain = bytes "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51"
    local cipher = bytes "874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff"
    assert.equal(hex(cipher), hex(crypto.aes_ctr(key, counter, 0, plain)))
    assert.equal(hex(cipher:sub(17)), hex(crypto.aes_ctr(key, counter, 1, plain:sub(17))))
    assert.equal(crypto.aes_ctr(key, ("\0"):rep(16), 0, plain), crypto.aes_ctr(key, ("\255"):rep(16), 1, plain))
    assert.equal("", crypto.aes_ctr(key, counter, 0, ""))
    assert.has_error(function() crypto.aes_ctr("short", counter, 0, "") end)
    assert.has_error(function() crypto.aes_ctr(key, counter, -1, "") end)
    assert.has_error(function() crypto.aes_ctr(key, counter, 0, ("x"):rep(2 ^ 20 + 1)) end)
  end)

  -- "The Galois/Counter Mode of Operation" (McGrew, Viega), test cases 4 and 16
  it("seals as the test cases of GCM say, and opens nothing else", function()
    local also = bytes "feedfacedeadbeeffeedfacedeadbeefabaddad2"
    local plain = bytes("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" ..
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
    local key, nonce = bytes "feffe9928665731c6d6a8f9467308308", bytes "cafebabefacedbaddecaf888"
    local sealed = crypto.seal(key, nonce, also, plain)
    assert.equal("42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e" ..
      "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091" .. "5bc94fbc3221a5db94fae95ae7121a47", hex(sealed))
    assert.equal(plain, crypto.open(key, nonce, also, sealed))
    assert.is_nil(crypto.open(key, nonce, "", sealed))
    assert.is_nil(crypto.open(key, nonce, also, sealed:sub(1, -2)))
    assert.is_nil(crypto.open(key, nonce, also, "short"))
    assert.equal("76fc6ece0f4e1768cddf8853bb2d551b", hex(crypto.seal(key .. key, nonce, also, plain):sub(-16)))
    assert.equal("", crypto.open(key, nonce, "x", crypto.seal(key, nonce, "x", "")))
    assert.has_error(function() crypto.seal(key, "short", "", "") end)
    assert.has_error(function() crypto.open("short", nonce, "", sealed) end)
  end)

  -- SP 800-38A section F.2.1; 3DES: SP 800-67 has no CBC, so that two blocks are made of single ones
  it("chains blocks as SP 800-38A says, and back", function()
    local key, vector = bytes "2b7e151628aed2a6abf7158809cf4f3c", bytes "000102030405060708090a0b0c0d0e0f"
    local plain = bytes "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51"
    local cipher = bytes "7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2"
    assert.equal(hex(cipher), hex(crypto.cbc("aes", key, vector, true, plain)))
    assert.equal(plain, crypto.cbc("aes", key, vector, false, cipher))
    assert.equal(plain:sub(17), crypto.cbc("aes", key, cipher:sub(1, 16), false, cipher:sub(17)))
    local triple = bytes "0123456789abcdef 23456789abcdef01 456789abcdef0123"
    local first = crypto.cbc("3des", triple, ("\0"):rep(8), true, "The qufc")
    assert.equal("a826fd8ce53b855f", hex(first))   -- SP 800-67, example of TDEA in ECB mode
    local both = crypto.cbc("3des", triple, ("\0"):rep(8), true, "The qufck brown ")
    assert.equal(first .. crypto.cbc("3des", triple, first, true, "k brown "), both)
    assert.equal("The qufck brown ", crypto.cbc("3des", triple, ("\0"):rep(8), false, both))
    assert.equal("", crypto.cbc("aes", key, vector, true, ""))
    assert.has_error(function() crypto.cbc("aes", key, vector, true, "no blocks") end)
    assert.has_error(function() crypto.cbc("aes", "short", vector, true, "") end)
    assert.has_error(function() crypto.cbc("3des", key, ("\0"):rep(8), true, "") end)
    assert.has_error(function() crypto.cbc("aes", key, "short", true, "") end)
    assert.has_error(function() crypto.cbc("rot13", key, vector, true, "") end)
  end)

  -- RFC 8439 sections 2.4.2 and 2.5.2; the first half of its nonce stands where the counter goes on here
  it("makes the stream of ChaCha20 and the code of Poly1305", function()
    local key = bytes "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    local nonce = bytes "0000004a00000000"
    local text = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip"
    assert.equal("6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b",
      hex(crypto.chacha20(key, nonce, 1, text):sub(1, 32)))
    assert.equal(crypto.chacha20(key, nonce, 0, ("\0"):rep(128)):sub(65), crypto.chacha20(key, nonce, 1, ("\0"):rep(64)))
    assert.equal("a8061dc1305136c6c22b8baf0c0127a9", hex(crypto.poly1305(
      bytes "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b", "Cryptographic Forum Research Group")))
    assert.has_error(function() crypto.chacha20("short", nonce, 0, "") end)
    assert.has_error(function() crypto.chacha20(key, "short", 0, "") end)
    assert.has_error(function() crypto.chacha20(key, nonce, 256, "") end)
    assert.has_error(function() crypto.poly1305("short", "") end)
  end)

  it("agrees on the secret of RFC 7748 section 6.1", function()
    local bob = bytes "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    assert.equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", hex(crypto.public("x25519", bob)))
    assert.equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
      hex(crypto.shared("x25519", bob, bytes "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")))
  end)

  it("computes the public key of RFC 6979 section A.2.5", function()
    assert.equal("0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" ..
      "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
      hex(crypto.public("P-256", bytes "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")))
  end)

  it("agrees in every group, and on the same secret from both ends", function()
    for _, group in ipairs { "x25519", "P-256", "P-384", "P-521", "modp1024", "modp2048", "modp4096" } do
      local one, other = ("one"):rep(16), ("other"):rep(10)
      local shared = crypto.shared(group, one, crypto.public(group, other))
      assert.equal(hex(shared), hex(crypto.shared(group, other, crypto.public(group, one))))
      assert.is_true(#shared >= 32)
    end
    assert.has_error(function() crypto.public("P-224", ("x"):rep(32)) end)
    assert.has_error(function() crypto.public("P-256", "too short") end)
  end)

  it("makes a key of any bytes, also of those that are a multiple of the curve's order", function()
    local order = bytes "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
    assert.equal(crypto.public("P-256", ("\0"):rep(31) .. "\1"), crypto.public("P-256", order))
  end)

  it("does not take what is no public value", function()
    local secret = ("secret"):rep(8)
    for _, case in ipairs {
      { "x25519", ("\0"):rep(32) }, { "x25519", "short" }, { "x25519", ("x"):rep(33) },
      { "P-256", "\0" }, { "P-256", "\4" .. ("\1"):rep(64) }, { "P-256", "" }, { "P-256", ("\4"):rep(600) },
      { "modp1024", "\1" }, { "modp1024", "\0" }, { "modp1024", ("\255"):rep(128) }, { "modp2048", ("\255"):rep(600) },
    } do
      assert.is_nil(crypto.shared(case[1], secret, case[2]), case[1])
    end
  end)
end)

describe("ssh_keys", function()
  -- RFC 8032 section 7.1, TEST 2
  local ed25519 = wire.pack(">s4 s4", "ssh-ed25519", bytes "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
  local signed = wire.pack(">s4 s4", "ssh-ed25519", bytes("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" ..
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
  -- RFC 6979 section A.2.5, SHA-256, "sample"
  local ecdsa = wire.pack(">s4 s4 s4", "ecdsa-sha2-nistp256", "nistp256", bytes("04" ..
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" ..
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"))
  local numbers = wire.pack(">s4 s4", bytes "00efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
    bytes "00f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")

  it("verify signatures of Ed25519 and ECDSA", function()
    local key = ssh_keys.read(ed25519)
    assert.same({ "ssh-ed25519", 256 }, { key.kind, key.bits })
    assert.is_true(ssh_keys.verify(key, signed, "\114"))
    assert.is_false(ssh_keys.verify(key, signed, "\115"))
    key = ssh_keys.read(ecdsa)
    assert.same({ "ecdsa-sha2-nistp256", 256 }, { key.kind, key.bits })
    local signature = wire.pack(">s4 s4", "ecdsa-sha2-nistp256", numbers)
    assert.is_true(ssh_keys.verify(key, signature, "sample"))
    assert.is_false(ssh_keys.verify(key, signature, "simple"))
  end)

  it("take a signature of another kind, or of none, for a false one", function()
    local key = ssh_keys.read(ed25519)
    assert.is_false(ssh_keys.verify(key, wire.pack(">s4 s4", "ssh-rsa", "x"), "\114"))
    assert.is_false(ssh_keys.verify(key, wire.pack(">s4 s4", "ssh-ed25519", ""), "\114"))
    assert.has_error(function() ssh_keys.verify(key, "\0\0", "") end)
  end)

  it("count a modulus's bits, and do not check what they do not know", function()
    for bits, modulus in pairs { [1024] = "\0\128" .. ("x"):rep(127), [1023] = "\127" .. ("x"):rep(127), [1] = "\1", [0] = "" } do
      assert.equal(bits, ssh_keys.read(wire.pack(">s4 s4 s4", "ssh-rsa", "\3", modulus)).bits)
    end
    local key = ssh_keys.read(wire.pack(">s4 s4", "ssh-new", "x"))
    assert.same({ "ssh-new" }, { key.kind, key.bits })
    assert.is_nil(ssh_keys.verify(key, "", ""))
    assert.has_error(function() ssh_keys.read(wire.pack(">s4 s4", "ssh-ed25519", "short")) end)
  end)
end)

describe("ssh_packets", function()
  local ssh_packets = require "sonde.ssh_packets"

  it("count nonces on, over the end of their bytes", function()
    local key = ("k"):rep(16)
    for _, case in ipairs {
      { "\0\0\0\0\0\255", "\0\0\0\0\1\0" }, { "\255\255\255\255\255\255", "\0\0\0\0\0\0" }, { "\1\2\3\4\5\6", "\1\2\3\4\5\7" },
    } do
      local sent, first = {}, "IVIV\0\0" .. case[1]
      local conn = { send = function(_, packet) sent[#sent + 1] = packet end }
      local packets = ssh_packets.new(conn)
      packets.outward = ssh_packets.way("aes128-gcm@openssh.com", nil, function(which) return which == "key" and key or first end)
      packets:send "\5one"
      packets:send "\5two"
      local carried = case[1]:byte() == 255 and "IVIV\0\1" or "IVIV\0\0"
      assert.is_string(crypto.open(key, first, sent[1]:sub(1, 4), sent[1]:sub(5)))
      assert.is_string(crypto.open(key, carried .. case[2], sent[2]:sub(1, 4), sent[2]:sub(5)))
    end
  end)
end)
