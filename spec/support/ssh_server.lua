-- An SSH server for specs of protocols/ssh.lua: a conversation (spec/support/peer.lua) that ends a key exchange in earnest.
--
--   ssh_server { banner =, kex =, cipher =, mac =, answer = payloads after the request for ways to log in, ... }
--
-- Its host key is an RSA key with the exponent 1, with which anybody can sign: a signature is what is signed, padded.
local crypto = require "sonde.crypto"
local ssh_packets = require "sonde.ssh_packets"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local MODULUS = "\0\193" .. ("\165\90\60"):rep(42) .. "\1"   -- 1024 bits
local HOST_KEY = pack(">s4 s4 s4", "ssh-rsa", "\1", MODULUS)
local SECRET = ("secret"):rep(8)
local OURS = "SSH-2.0-Sonde_0.1"
local SHA256_INFO = "\48\49\48\13\6\9\96\134\72\1\101\3\4\2\1\5\0\4\32"   -- RFC 8017 section 9.2, note 1

local GROUPS = {
  ["curve25519-sha256"] = "x25519", ["ecdh-sha2-nistp256"] = "P-256", ["diffie-hellman-group14-sha256"] = "modp2048",
}

-- The reading end of ssh_packets, on bytes that have come.
local function reader(bytes)
  local position, conn = 1, {}
  function conn:receive(n)   -- luacheck: ignore self
    assert(position + n - 1 <= #bytes)
    position = position + n
    return bytes:sub(position - n, position - 1)
  end
  return conn
end

-- The writing end: what `say` sends, as bytes.
local function written(packets, say)
  local parts = {}
  packets.conn = { send = function(_, bytes) parts[#parts + 1] = bytes end }
  say(packets)
  return table.concat(parts)
end

local function kexinit(t)
  local kex, keys = t.kex_list or t.kex, t.keys or "rsa-sha2-256,ssh-rsa"
  return pack(">B c16 s4s4s4s4s4s4s4s4s4s4 B I4", 20, "cookie", kex, keys, t.cipher, t.cipher, t.mac, t.mac, "none", "none",
    "", "", t.guesses and 1 or 0, 0)
end

local function integer(bytes)
  bytes = bytes:match "^%z*(.*)$"
  return pack(">s4", bytes:byte() >= 128 and "\0" .. bytes or bytes)
end

local function sign(message)
  local tail = "\0" .. SHA256_INFO .. crypto.hash("sha256", message)
  return pack(">s4 s4", "rsa-sha2-256", "\0\1" .. ("\255"):rep(128 - 2 - #tail) .. tail)
end

-- All that follows from what the client sent up to its part of the key exchange.
local function exchange(t, sent)
  local incoming = ssh_packets.new(reader(sent:sub(#OURS + 3)))
  local _, theirs = incoming:receive()
  local _, request = incoming:receive()
  local group = GROUPS[t.kex]
  local encode = group == "modp2048" and integer or function(bytes) return pack(">s4", bytes) end
  local value, shared = crypto.public(group, SECRET), integer(crypto.shared(group, SECRET, (unpack(">s4", request, 2))))
  local hash = crypto.hash("sha256", pack(">s4 s4 s4 s4 s4", OURS, t.banner, theirs, kexinit(t), HOST_KEY) .. request:sub(2) ..
    encode(value) .. shared)
  local reply = "\31" .. pack(">s4", HOST_KEY) .. encode(t.value or value) .. pack(">s4", sign(t.lie and "a lie" or hash))
  local function way(counter, key, code)
    local letters = { counter = counter, key = key, code = code }
    return ssh_packets.way(t.cipher, t.mac, function(which, size)
      local first = crypto.hash("sha256", shared .. hash .. letters[which] .. hash)
      return (first .. crypto.hash("sha256", shared .. hash .. first)):sub(1, size)
    end)
  end
  return reply, incoming, way("A", "C", "E"), way("B", "D", "F")
end

-- Its packets under the keys, the first `said` of which have been sent before. Waits for the client's NEWKEYS.
local function secured(t, sent, said, messages)
  local _, incoming, inward, outward = exchange(t, sent)
  assert(select(2, incoming:receive()) == "\21")
  incoming.inward = inward
  local outgoing = ssh_packets.new()
  outgoing.outward, outgoing.sent = outward, t.guesses and 4 or 3
  written(outgoing, function(packets)
    for _, message in ipairs(said) do packets:send(message) end
  end)
  for _ = 0, #said do assert(incoming:receive()) end
  return written(outgoing, function(packets)
    for _, message in ipairs(messages) do packets:send(message) end
  end)
end

local function plain(sent_before, ...)
  local packets, messages = ssh_packets.new(), { ... }
  packets.sent = sent_before
  return written(packets, function()
    for _, message in ipairs(messages) do packets:send(message) end
  end)
end

-- A client that did not get what was meant for it may send anything: then there is no answer.
local function step(f)
  return function(sent)
    local ok, bytes = pcall(f, sent)
    return ok and bytes or ""
  end
end

local server = { packet = plain, kexinit = kexinit }

function server.conversation(t)
  local accepted = "\6" .. pack(">s4", "ssh-userauth")
  local list = { t.banner .. "\r\n" .. plain(0, kexinit(t)) }
  list[2] = step(function(sent)
    local reply = exchange(t, sent)
    if t.guesses then return plain(1, "\30a wrong guess", reply, "\21") end
    return plain(1, reply, "\21")
  end)
  if not t.answer then return list end
  list[3] = step(function(sent)
    local bytes = secured(t, sent, {}, { accepted })
    return t.damage and t.damage(bytes) or bytes
  end)
  list[4] = step(function(sent) return secured(t, sent, { accepted }, t.answer) end)
  return list
end

return server
