local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local ours = "SSH-2.0-Sonde_0.1\r\n"

local function packet(payload)
  local padding = 4 + (8 - (#payload + 9) % 8) % 8
  return wire.pack(">I4 B", #payload + padding + 1, padding) .. payload .. ("\0"):rep(padding)
end

local function kexinit(kex, keys, ciphers, macs, compression)
  return packet(wire.pack(">B c16 s4s4s4s4s4s4s4s4s4s4 B I4", 20, "cookie", kex, keys, ciphers, ciphers, macs, macs,
    compression, compression, "", "", 0, 0))
end

local function fields(banner, version, software, comments)
  return {
    banner = banner, version = version, software = software, comments = comments,
    kex_algorithms = "curve25519-sha256,kex-x", server_host_key_algorithms = "ssh-ed25519",
    encryption_algorithms_client_to_server = "aes128-ctr", encryption_algorithms_server_to_client = "aes128-ctr",
    mac_algorithms_client_to_server = "hmac-sha2-256", mac_algorithms_server_to_client = "hmac-sha2-256",
    compression_algorithms_client_to_server = "none", compression_algorithms_server_to_client = "none",
  }
end

local algorithms = kexinit("curve25519-sha256,kex-x", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256", "none")

behaves("ssh", {
  { "an OpenSSH server", { "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", { ours }, algorithms }, sent = ours,
    fields = fields("SSH-2.0-OpenSSH_9.2p1 Debian-2", "2.0", "OpenSSH_9.2p1", "Debian-2") },
  { "a server that says all at once, after a notice, with bare line feeds",
    { "Authorised use only.\n\nSSH-1.99-dropbear_2022.83\n" .. algorithms },
    fields = fields("SSH-1.99-dropbear_2022.83", "1.99", "dropbear_2022.83") },
  { "a server of SSH 1, which is left at that", { "SSH-1.5-1.2.27\n" }, sent = "",
    fields = { banner = "SSH-1.5-1.2.27", version = "1.5", software = "1.2.27" } },
  { "a server that disconnects", {
    "SSH-2.0-busy\r\n", { ours }, packet(wire.pack(">B I4 s4 s4", 1, 12, "Too many connections", "")),
  }, fields = { banner = "SSH-2.0-busy", version = "2.0", software = "busy", disconnect = "Too many connections" } },
  wrong = "closed",  -- lines before the identification may say anything
  hostile = {
    { "a notice that never ends", { ("hello\r\n"):rep(60) }, fields = {} },
    { "a line that never ends", { "SSH-2.0-" .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
    { "a packet of 4 GiB", { "SSH-2.0-x\r\n", { ours }, "\255\255\255\255\4\20" },
      fields = { banner = "SSH-2.0-x", version = "2.0", software = "x" } },
    { "more padding than packet", { "SSH-2.0-x\r\n", { ours }, "\0\0\0\8\200" .. ("x"):rep(20) } },
    { "a name-list that leaves its packet", { "SSH-2.0-x\r\n", { ours },
      packet(wire.pack(">B c16 I4", 20, "", 1000)) } },
    { "an identification without a version", { "SSH-\r\n" }, fields = { banner = "SSH-" } },
  },
})
