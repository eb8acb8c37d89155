-- SSH's packets (RFC 4253 section 6): in the clear, then encrypted with AES in counter mode (RFC 4344) or a cipher in CBC
-- (section 6.3) and authenticated, or with AES-GCM (RFC 5647) or OpenSSH's ChaCha20-Poly1305, which are both at once.
--
--   local packets = ssh_packets.new(conn)
--   packets:send(payload), packets:receive()   a payload, its first byte being the message's number; the latter gives number and
--                                              payload, or nil after the server's DISCONNECT (packets.disconnect: its words)
--   packets.outward, packets.inward            nil, or how that way is protected: ssh_packets.way

local crypto = require "sonde.crypto"
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack_list = unpack
local pack, unpack = wire.pack, wire.unpack

local ssh_packets = {}
local packets = {}
packets.__index = packets

local DISCONNECT, IGNORE, DEBUG = 1, 2, 4
local PACKET_MAX = 35000   -- section 6.1
local SKIPPED_MAX = 16     -- messages that say nothing, one after the other

-- Bytes of a block and of the key; in CBC: as which crypto's function knows it.
local CIPHERS = {
  ["aes128-ctr"] = { 16, 16 }, ["aes192-ctr"] = { 16, 24 }, ["aes256-ctr"] = { 16, 32 },
  ["aes128-cbc"] = { 16, 16, "aes" }, ["aes192-cbc"] = { 16, 24, "aes" }, ["aes256-cbc"] = { 16, 32, "aes" },
  ["3des-cbc"] = { 8, 24, "3des" },
}
local SEALING = { ["aes128-gcm@openssh.com"] = 16, ["aes256-gcm@openssh.com"] = 32 }
local CHACHA, CHACHA_KEY = "chacha20-poly1305@openssh.com", 32   -- OpenSSH's PROTOCOL.chacha20poly1305
local NONCE, TAG = 12, 16
local ETM = "-etm@openssh.com"   -- OpenSSH's PROTOCOL: the code is of what was encrypted, and the length is in the clear
local MACS = { ["hmac-sha2-256"] = { "sha256", 32 }, ["hmac-sha2-512"] = { "sha512", 64 }, ["hmac-sha1"] = { "sha1", 20 } }

-- Both by preference, comma-separated.
ssh_packets.ciphers = "aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com," .. CHACHA ..
  ",aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc"
ssh_packets.macs = "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256" .. ETM .. ",hmac-sha2-512" .. ETM .. ",hmac-sha1,hmac-sha1" .. ETM

-- Section 6: length, padding, payload. `outside`: bytes before the part whose length is a multiple of the block's.
local function pad(payload, block, outside)
  local padding = block - (5 + #payload - outside) % block
  if padding < 4 then padding = padding + block end
  return pack(">I4 B", 1 + #payload + padding, padding) .. payload .. ("\0"):rep(padding)
end

local function code(way, sequence, bytes)
  return crypto.hmac(way.hash, way.mac_key, pack(">I4", sequence) .. bytes)
end

local function crypt(way, bytes, encrypts)
  if way.cbc then
    local out = crypto.cbc(way.cbc, way.key, way.vector, encrypts, bytes)
    way.vector = (encrypts and out or bytes):sub(-way.block)
    return out
  end
  local blocks = way.blocks
  way.blocks = blocks + #bytes / way.block
  return crypto.aes_ctr(way.key, way.vector, blocks, bytes)
end

-- ChaCha20's streams are of the packet's number: that of the length has a key of its own, the first block of the other makes the
-- code's key.
local function chacha(way, sequence, length, bytes)
  local nonce = pack(">I4 I4", 0, sequence)
  return crypto.chacha20(way.length_key, nonce, 0, length) .. crypto.chacha20(way.key, nonce, 1, bytes)
end

local function chacha_code(way, sequence, bytes)
  return crypto.poly1305(crypto.chacha20(way.key, pack(">I4 I4", 0, sequence), 0, ("\0"):rep(CHACHA_KEY)), bytes)
end

-- RFC 5647 section 7.1: the last eight bytes count the packets.
local function next_nonce(way)
  local nonce, at = way.nonce, NONCE
  local tail = ""
  while at > 4 and nonce:byte(at) == 255 do at, tail = at - 1, tail .. "\0" end
  if at > 4 then
    way.nonce = nonce:sub(1, at - 1) .. string.char(nonce:byte(at) + 1) .. tail
  else
    way.nonce = nonce:sub(1, 4) .. tail
  end
  return nonce
end

function packets:send(payload)
  local way, bytes = self.outward
  if not way then
    bytes = pad(payload, 8, 0)
  elseif way.length_key then
    local packet = pad(payload, way.block, 4)
    bytes = chacha(way, self.sent, packet:sub(1, 4), packet:sub(5))
    bytes = bytes .. chacha_code(way, self.sent, bytes)
  elseif way.nonce then
    local packet = pad(payload, way.block, 4)
    bytes = packet:sub(1, 4) .. crypto.seal(way.key, next_nonce(way), packet:sub(1, 4), packet:sub(5))
  elseif way.etm then
    local packet = pad(payload, way.block, 4)
    bytes = packet:sub(1, 4) .. crypt(way, packet:sub(5), true)
    bytes = bytes .. code(way, self.sent, bytes)
  else
    local packet = pad(payload, way.block, 0)
    bytes = crypt(way, packet, true) .. code(way, self.sent, packet)
  end
  self.conn:send(bytes)
  self.sent = self.sent + 1
end

local function check_length(bytes)
  local length = unpack(">I4", bytes)
  expect(length >= 5 and length <= PACKET_MAX, "SSH packet of a forbidden length")
  return length
end

-- The rest of a packet, from its padding's length on.
local function receive_packet(self)
  local way, conn = self.inward, self.conn
  if not way then return conn:receive(check_length(conn:receive(4))) end
  if way.etm or way.nonce or way.length_key then
    local head = conn:receive(4)
    local length = check_length(way.length_key and chacha(way, self.received, head, "") or head)
    expect(length % way.block == 0, "SSH packet of a forbidden length")
    if way.length_key then
      local body = conn:receive(length)
      expect(conn:receive(TAG) == chacha_code(way, self.received, head .. body), "SSH packet with a wrong code")
      return chacha(way, self.received, "", body)
    end
    if way.nonce then
      return expect(crypto.open(way.key, next_nonce(way), head, conn:receive(length + TAG)), "SSH packet with a wrong code")
    end
    local body = conn:receive(length)
    expect(conn:receive(way.size) == code(way, self.received, head .. body), "SSH packet with a wrong code")
    return crypt(way, body)
  end
  local packet, block = crypt(way, conn:receive(way.block)), way.block
  local length = check_length(packet)
  expect(length >= block - 4 and (length + 4) % block == 0, "SSH packet of a forbidden length")
  if length > block - 4 then packet = packet .. crypt(way, conn:receive(length + 4 - block)) end
  expect(conn:receive(way.size) == code(way, self.received, packet), "SSH packet with a wrong code")
  return packet:sub(5)
end

-- The next message that says something: its number and its payload; nil after the server's DISCONNECT.
function packets:receive()
  for _ = 0, SKIPPED_MAX do
    local packet = receive_packet(self)
    local padding = packet:byte()
    expect(padding + 2 <= #packet, "SSH packet of a forbidden length")
    self.received = self.received + 1
    local payload = packet:sub(2, -1 - padding)
    local kind = payload:byte()
    if kind == DISCONNECT then
      self.disconnect = unpack(">x4 s4", payload, 2)
      return nil
    end
    if kind ~= IGNORE and kind ~= DEBUG then return kind, payload end
  end
  expect(false, "nothing but SSH messages without a meaning")
end

-- How one way is protected, with keys that derive(which, size) gives (section 7.2): of the "counter", the "key" and the "code".
-- nil where the cipher is not one of these.
function ssh_packets.way(cipher, mac, derive)
  if SEALING[cipher] then
    return { block = 16, nonce = derive("counter", NONCE), key = derive("key", SEALING[cipher]) }
  end
  if cipher == CHACHA then
    local both = derive("key", 2 * CHACHA_KEY)
    return { block = 8, key = both:sub(1, CHACHA_KEY), length_key = both:sub(CHACHA_KEY + 1) }
  end
  if not (CIPHERS[cipher] and mac) then return nil end
  local block, key, cbc = unpack_list(CIPHERS[cipher])
  local plain = mac:sub(-#ETM) == ETM and mac:sub(1, -1 - #ETM) or mac
  local kind = MACS[plain]
  return {
    block = block, vector = derive("counter", block), key = derive("key", key), cbc = cbc, blocks = 0,
    hash = kind[1], size = kind[2], mac_key = derive("code", kind[2]), etm = plain ~= mac,
  }
end

function ssh_packets.new(conn)
  return setmetatable({ conn = conn, sent = 0, received = 0 }, packets)
end

return ssh_packets
