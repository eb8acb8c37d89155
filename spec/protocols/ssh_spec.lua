local behaves = require "spec.support.behaves"
local ssh_server = require "spec.support.ssh_server"
local wire = require "sonde.wire"

local ours = "SSH-2.0-Sonde_0.1\r\n"

local function packet(payload) return ssh_server.packet(0, payload) end

local function algorithms(kex, cipher, mac)
  return packet(ssh_server.kexinit { kex = kex, keys = "ssh-ed25519", cipher = cipher, mac = mac })
end

-- What the lists say, and then what came of them.
local function fields(banner, version, software, more)
  local all = {
    banner = banner, version = version, software = software,
    kex_algorithms = "kex-x", server_host_key_algorithms = "rsa-sha2-256,ssh-rsa",
    encryption_algorithms_client_to_server = "aes128-ctr", encryption_algorithms_server_to_client = "aes128-ctr",
    mac_algorithms_client_to_server = "hmac-sha2-256", mac_algorithms_server_to_client = "hmac-sha2-256",
    compression_algorithms_client_to_server = "none", compression_algorithms_server_to_client = "none",
  }
  for name, value in pairs(more) do all[name] = value end
  return all
end

local function keyed(kex, more)
  local all = {
    kex_algorithm = kex, kex_algorithms = kex, host_key_type = "ssh-rsa", host_key_bits = 1024, host_key_proven = true,
    host_key_fingerprint = "SHA256:/UHR0DXt0rfn6UduMVvIMYrnWd4oAtAj/pFkAkzSEaw",   -- as ssh-keygen has it
  }
  for name, value in pairs(more) do all[name] = value end
  return fields("SSH-2.0-x", "2.0", "x", all)
end

local function server(t)
  local all = { banner = "SSH-2.0-x", kex = "curve25519-sha256", cipher = "aes128-ctr", mac = "hmac-sha2-256" }
  for name, value in pairs(t) do all[name] = value end
  return ssh_server.conversation(all)
end

local function list(kind, name)   -- both ways
  return { [kind .. "_algorithms_client_to_server"] = name, [kind .. "_algorithms_server_to_client"] = name }
end

local function ciphered(cipher, mac, hassh)
  local more = { auth_methods = { "publickey", "password" }, hassh_server = hassh }
  for _, lists in ipairs { list("encryption", cipher), list("mac", mac) } do
    for name, value in pairs(lists) do more[name] = value end
  end
  return more
end

local failure = "\51" .. wire.pack(">s4 B", "publickey,password", 0)

local etm = list("mac", "hmac-sha1-etm@openssh.com")
etm.auth_methods, etm.hassh_server = { "publickey", "password" }, "7549605d90473b176d37c045a4241af0"

behaves("ssh", {
  { "a server that lets a key exchange finish, and says how to log in", server {
    kex_list = "curve25519-sha256,kex-x",
    answer = { "\2" .. wire.pack(">s4", "nothing"), "\53" .. wire.pack(">s4 s4", "Keep out.\n", ""), failure },
  }, fields = keyed("curve25519-sha256", {
    kex_algorithms = "curve25519-sha256,kex-x", hassh_server = "6eb63207a44841e57693f066507790a8",
    auth_methods = { "publickey", "password" }, auth_banner = "Keep out.\n",
  }) },
  { "one on a NIST curve, with codes of what is encrypted", server {
    kex = "ecdh-sha2-nistp256", mac = "hmac-sha1-etm@openssh.com", answer = { failure },
  }, fields = keyed("ecdh-sha2-nistp256", etm) },
  { "one that seals its packets", server { cipher = "aes256-gcm@openssh.com", mac = "none-of-ours", answer = { failure } },
    fields = keyed("curve25519-sha256", {
      encryption_algorithms_client_to_server = "aes256-gcm@openssh.com", mac_algorithms_client_to_server = "none-of-ours",
      encryption_algorithms_server_to_client = "aes256-gcm@openssh.com", mac_algorithms_server_to_client = "none-of-ours",
      auth_methods = { "publickey", "password" }, hassh_server = "561298eac8e889d9cd4a77f5ab9e707c",
    }) },
  { "one of OpenSSH's own cipher alone", server {
    cipher = "chacha20-poly1305@openssh.com", mac = "none-of-ours", answer = { "\2" .. wire.pack(">s4", "nothing"), failure },
  }, fields = keyed("curve25519-sha256",
    ciphered("chacha20-poly1305@openssh.com", "none-of-ours", "b5ead6c46e4179d76b47736293a781d7")) },
  { "one of CBC alone", server { cipher = "aes128-cbc", answer = { failure } },
    fields = keyed("curve25519-sha256", ciphered("aes128-cbc", "hmac-sha2-256", "cb6820ffd41731b3ac57df36590329ac")) },
  { "one of CBC with codes of what is encrypted", server {
    cipher = "aes256-cbc", mac = "hmac-sha2-512-etm@openssh.com", answer = { failure },
  }, fields = keyed("curve25519-sha256",
    ciphered("aes256-cbc", "hmac-sha2-512-etm@openssh.com", "be10d94c1533a67c843cac9fa5cf94c1")) },
  { "one of 3DES alone", server { cipher = "3des-cbc", mac = "hmac-sha1", answer = { failure } },
    fields = keyed("curve25519-sha256", ciphered("3des-cbc", "hmac-sha1", "224810efd7a7c2e716c238cb33c52faf")) },
  { "one that guesses wrong, and lets anybody in", server {
    kex = "diffie-hellman-group14-sha256", guesses = true, answer = { "\52" },
  }, fields = keyed("diffie-hellman-group14-sha256", {
    auth_methods = { "none" }, hassh_server = "66d445f1033fbb0144406fffe0e61fee",
  }) },
  { "one whose cipher we do not speak, for its host key", server { cipher = "blowfish-cbc" },
    fields = keyed("curve25519-sha256", {
      encryption_algorithms_client_to_server = "blowfish-cbc", encryption_algorithms_server_to_client = "blowfish-cbc",
      hassh_server = "53e4380ec469bae4ccd840606a0286ea",
    }) },
  { "one that signs something else", server { lie = true, answer = { "\1" .. wire.pack(">I4 s4 s4", 14, "not you", "") } },
    fields = keyed("curve25519-sha256", {
      host_key_proven = false, disconnect = "not you", hassh_server = "e97d07603350d1111ec2b64bf25413c9",
    }) },
  { "a server that says all at once, after a notice, with bare line feeds, with whom we have no method in common",
    { "Authorised use only.\n\nSSH-1.99-dropbear_2022.83\n" .. algorithms("kex-x", "aes128-ctr", "hmac-sha2-256") },
    sent = ours .. ssh_server.packet(0, "\1" .. wire.pack(">I4 s4 s4", 11, "measured", "")),
    fields = fields("SSH-1.99-dropbear_2022.83", "1.99", "dropbear_2022.83", {
      server_host_key_algorithms = "ssh-ed25519", hassh_server = "f307b89f04d9fbdcfecf6a899387516a" }) },
  { "a server of SSH 1, which is left at that", { "SSH-1.5-1.2.27\n" }, sent = "",
    fields = { banner = "SSH-1.5-1.2.27", version = "1.5", software = "1.2.27" } },
  { "a server that disconnects", {
    "SSH-2.0-busy and tired\r\n", { ours }, packet("\1" .. wire.pack(">I4 s4 s4", 12, "Too many connections", "")),
  }, sent = ours, fields = {
    banner = "SSH-2.0-busy and tired", version = "2.0", software = "busy", comments = "and tired",
    disconnect = "Too many connections",
  } },
  wrong = "closed",  -- lines before the identification may say anything
  hostile = {
    { "a notice that never ends", { ("hello\r\n"):rep(60) }, fields = {} },
    { "a line that never ends", { "SSH-2.0-" .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
    { "a packet of 4 GiB", { "SSH-2.0-x\r\n", { ours }, "\255\255\255\255\4\20" },
      fields = { banner = "SSH-2.0-x", version = "2.0", software = "x" } },
    { "more padding than packet", { "SSH-2.0-x\r\n", { ours }, "\0\0\0\24\200" .. ("x"):rep(23) } },
    { "a name-list that leaves its packet", { "SSH-2.0-x\r\n", { ours },
      packet("\20" .. wire.pack(">c16 I4", "", 1000)) } },
    { "messages without a meaning", { "SSH-2.0-x\r\n", { ours }, packet("\2\0\0\0\0"):rep(50) } },
    { "an identification without a version", { "SSH-\r\n" }, fields = { banner = "SSH-" } },
    { "a point of no order", server { value = ("\0"):rep(32) } },
    { "a value that is none", server { kex = "ecdh-sha2-nistp256", value = "\4" .. ("\1"):rep(64) } },
    { "a number without a secret", server { kex = "diffie-hellman-group14-sha256", value = "\1" } },
    { "bytes changed on the way", server { answer = { failure },
      damage = function(bytes) return bytes:sub(1, -2) .. string.char((bytes:byte(-1) + 1) % 256) end } },
    { "sealed bytes changed on the way", server { cipher = "aes128-gcm@openssh.com", answer = { failure },
      damage = function(bytes) return bytes:sub(1, 6) .. string.char((bytes:byte(7) + 1) % 256) .. bytes:sub(8) end } },
    { "bytes changed on the way under OpenSSH's cipher", server { cipher = "chacha20-poly1305@openssh.com", answer = { failure },
      damage = function(bytes) return bytes:sub(1, 6) .. string.char((bytes:byte(7) + 1) % 256) .. bytes:sub(8) end } },
    { "a length changed on the way under it", server { cipher = "chacha20-poly1305@openssh.com", answer = { failure },
      damage = function(bytes) return string.char((bytes:byte(1) + 1) % 256) .. bytes:sub(2) .. ("x"):rep(70000) end } },
    { "bytes changed on the way in CBC", server { cipher = "aes128-cbc", answer = { failure },
      damage = function(bytes) return bytes:sub(1, 20) .. string.char((bytes:byte(21) + 1) % 256) .. bytes:sub(22) end } },
    { "bytes changed on the way, in the length", server { mac = "hmac-sha1-etm@openssh.com", answer = { failure },
      damage = function(bytes) return "\0\1" .. bytes:sub(3) .. ("x"):rep(70000) end } },
  },
})
