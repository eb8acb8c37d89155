-- SSH as far as a scan needs it (RFC 4253, RFC 4252): lists of algorithms, one key exchange, the ways to log in.
--
--   ssh_transport.receive_identification(conn)  theirs
--   local session = ssh_transport.open(conn, their_identification)      sends ours
--   session:receive_algorithms()    { name = comma-separated list, ... }; nil where the server disconnected
--   session:exchange_keys()         the host key (sonde.ssh_keys, with `proven`), the method, and whether packets go on under new
--                                   keys; nil where no algorithms are common to both, or the server disconnected
--   session:ask_methods(user)       list of the ways to log in (nil: none was said), and the text shown before
--   session:finish()                says goodbye; returns the server's words where it has disconnected

local crypto = require "sonde.crypto"
local expect = require "sonde.expect"
local ssh_keys = require "sonde.ssh_keys"
local ssh_packets = require "sonde.ssh_packets"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local ssh_transport = {}
local session = {}
session.__index = session

local IDENTIFICATION = "SSH-2.0-Sonde_0.1"
local DISCONNECT, SERVICE_REQUEST, SERVICE_ACCEPT, KEXINIT, NEWKEYS, KEX_INIT, KEX_REPLY = 1, 5, 6, 20, 21, 30, 31
local USERAUTH_REQUEST, FAILURE, SUCCESS, BANNER = 50, 51, 52, 53
local BY_APPLICATION = 11
local METHODS_MAX, MESSAGES_MAX, PREAMBLE_LINES_MAX = 32, 8, 50
local LISTS = {
  "kex_algorithms", "server_host_key_algorithms",
  "encryption_algorithms_client_to_server", "encryption_algorithms_server_to_client",
  "mac_algorithms_client_to_server", "mac_algorithms_server_to_client",
  "compression_algorithms_client_to_server", "compression_algorithms_server_to_client",
}

-- Method -> hash and group (RFC 8731, RFC 5656, RFC 8268, RFC 4253 section 8).
local METHODS = {
  ["curve25519-sha256"] = { "sha256", "x25519" }, ["curve25519-sha256@libssh.org"] = { "sha256", "x25519" },
  ["ecdh-sha2-nistp256"] = { "sha256", "P-256" }, ["ecdh-sha2-nistp384"] = { "sha384", "P-384" },
  ["ecdh-sha2-nistp521"] = { "sha512", "P-521" }, ["diffie-hellman-group14-sha256"] = { "sha256", "modp2048" },
  ["diffie-hellman-group16-sha512"] = { "sha512", "modp4096" }, ["diffie-hellman-group14-sha1"] = { "sha1", "modp2048" },
  ["diffie-hellman-group1-sha1"] = { "sha1", "modp1024" },
}

-- Ciphers beyond those of ssh_packets are offered for the host key's sake: where the server chooses one, the exchange ends there.
local OFFER = {
  "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521," ..
    "diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
  "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa,ssh-dss",
  ssh_packets.ciphers .. ",blowfish-cbc,arcfour128,arcfour",
  ssh_packets.macs, "none",
}

function session:receive_algorithms()
  local kind, payload = self.packets:receive()
  if not kind then return nil end
  expect(kind == KEXINIT, "no key exchange")
  local position, lists = 18, {}   -- after the cookie
  for _, name in ipairs(LISTS) do lists[name], position = unpack(">s4", payload, position) end
  local _, _, guesses = unpack(">s4 s4 B", payload, position)
  self.lists, self.their_kexinit, self.guesses = lists, payload, guesses ~= 0
  return lists
end

-- Section 7.1: the first of ours that the server has; nil where it has none.
local function choose(self, which)
  local theirs = "," .. self.lists[LISTS[which]] .. ","
  for name in OFFER[which > 2 and math.ceil(which / 2) + 1 or which]:gmatch "[^,]+" do
    if theirs:find("," .. name .. ",", 1, true) then return name end
  end
end

local function integer(bytes)
  bytes = bytes:match "^%z*(.*)$"
  if bytes ~= "" and bytes:byte() >= 128 then bytes = "\0" .. bytes end
  return pack(">s4", bytes)
end

local function text(bytes) return pack(">s4", bytes) end

-- Section 7.2: gives the keys of one way; letters says by which letter each goes.
local function derive_from(secret, hash, exchange_hash, letters)
  return function(which, size)
    local key = crypto.hash(hash, secret .. exchange_hash .. letters[which] .. exchange_hash)
    while #key < size do key = key .. crypto.hash(hash, secret .. exchange_hash .. key) end
    return key:sub(1, size)
  end
end

local OUTWARD, INWARD = { counter = "A", key = "C", code = "E" }, { counter = "B", key = "D", code = "F" }

-- Both ways go on under the keys, where we speak what was chosen.
local function change_keys(self, secret, hash, exchange_hash)
  local packets = self.packets
  local outward = ssh_packets.way(choose(self, 3), choose(self, 5), derive_from(secret, hash, exchange_hash, OUTWARD))
  local inward = ssh_packets.way(choose(self, 4), choose(self, 6), derive_from(secret, hash, exchange_hash, INWARD))
  if not (outward and inward) then return false end
  packets:send(string.char(NEWKEYS))
  packets.outward = outward
  local kind = packets:receive()
  if not kind then return false end
  expect(kind == NEWKEYS, "no new keys")
  packets.inward = inward
  return true
end

-- Codes are not needed with every cipher.
local function is_common(self)
  for which = 1, #LISTS do
    if not choose(self, which) and not LISTS[which]:find "^mac_" then return false end
  end
  return true
end

-- Section 7.1: a wrong guess of the server's is a message to be passed over.
local function guessed_wrong(self)
  local function differ(which) return self.lists[LISTS[which]]:match "^[^,]*" ~= OFFER[which]:match "^[^,]*" end
  return self.guesses and (differ(1) or differ(2))
end

function session:exchange_keys()
  if not is_common(self) then return nil end
  local packets, secret, method = self.packets, self.conn:random(64), choose(self, 1)
  local hash, group = METHODS[method][1], METHODS[method][2]
  local encode = group:find "^modp" and integer or text
  local ours = encode(crypto.public(group, secret))
  local kexinit = pack(">B c16 s4 s4 s4 s4 s4 s4 s4 s4 s4 s4 B I4", KEXINIT, self.conn:random(16), OFFER[1], OFFER[2], OFFER[3],
    OFFER[3], OFFER[4], OFFER[4], OFFER[5], OFFER[5], "", "", 0, 0)
  packets:send(kexinit)
  packets:send(string.char(KEX_INIT) .. ours)
  if guessed_wrong(self) and not packets:receive() then return nil end
  local kind, payload = packets:receive()
  if not kind then return nil end
  expect(kind == KEX_REPLY, "no answer to the key exchange")
  local blob, theirs, signature = unpack(">s4 s4 s4", payload, 2)
  local shared = integer(expect(crypto.shared(group, secret, theirs), "no value for a key exchange"))
  local exchange_hash = crypto.hash(hash, text(IDENTIFICATION) .. text(self.theirs) .. text(kexinit) ..
    text(self.their_kexinit) .. text(blob) .. ours .. encode(theirs) .. shared)
  local key = ssh_keys.read(blob)
  key.proven = ssh_keys.verify(key, signature, exchange_hash)
  return key, method, change_keys(self, shared, hash, exchange_hash)
end

-- RFC 4252 section 5.2: the method "none" is how to ask for the others. No secret is tried.
function session:ask_methods(user)
  local packets = self.packets
  packets:send(pack(">B s4", SERVICE_REQUEST, "ssh-userauth"))
  local kind, payload = packets:receive()
  if not kind then return nil end
  expect(kind == SERVICE_ACCEPT, "no service for logging in")
  packets:send(pack(">B s4 s4 s4", USERAUTH_REQUEST, user, "ssh-connection", "none"))
  local banner, list
  for _ = 1, MESSAGES_MAX do
    kind, payload = packets:receive()
    if kind == BANNER then banner = unpack(">s4", payload, 2) end
    if kind == SUCCESS then return { "none" }, banner end
    if kind ~= BANNER then break end
  end
  if kind == FAILURE then
    list = {}
    for method in unpack(">s4", payload, 2):gmatch "[^,]+" do
      if #list < METHODS_MAX then list[#list + 1] = method end
    end
  end
  return list and list[1] and list, banner
end

function session:finish()
  local packets = self.packets
  if not packets.disconnect then packets:send(pack(">B I4 s4 s4", DISCONNECT, BY_APPLICATION, "measured", "")) end
  return packets.disconnect
end

-- Section 4.2: the server's identification; it may send other lines before.
function ssh_transport.receive_identification(conn)
  for _ = 0, PREAMBLE_LINES_MAX do
    local line = conn:receive_line(1024)
    if line:sub(1, 4) == "SSH-" then return line end
  end
  expect(false, "no SSH identification")
end

function ssh_transport.open(conn, theirs)
  conn:send(IDENTIFICATION .. "\r\n")
  return setmetatable({ conn = conn, theirs = theirs, packets = ssh_packets.new(conn) }, session)
end

return ssh_transport
