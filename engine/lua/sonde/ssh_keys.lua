-- SSH's public keys and signatures (RFC 4253 section 6.6, RFC 5656, RFC 8332, RFC 8709): a host key, and whether it signed.

local crypto = require "sonde.crypto"
local der = require "sonde.der"
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local ssh_keys = {}

local SEQUENCE, INTEGER, BIT_STRING, OID, NULL = 0x30, 2, 3, 6, 5
local EC_PUBLIC_KEY, RSA = "\42\134\72\206\61\2\1", "\42\134\72\134\247\13\1\1\1"   -- 1.2.840.10045.2.1, 1.2.840.113549.1.1.1
local ED25519 = "\43\101\112"   -- 1.3.101.112
local CURVES = {   -- RFC 5656 section 10.1: object identifier, bits, hash
  nistp256 = { "\42\134\72\206\61\3\1\7", 256, "sha256" }, nistp384 = { "\43\129\4\0\34", 384, "sha384" },
  nistp521 = { "\43\129\4\0\35", 521, "sha512" },
}
local RSA_HASHES = { ["ssh-rsa"] = "sha1", ["rsa-sha2-256"] = "sha256", ["rsa-sha2-512"] = "sha512" }

-- As OpenSSL reads it: a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
local function public_key_info(algorithm, parameters, key)
  return der.pack(SEQUENCE, der.pack(SEQUENCE, der.pack(OID, algorithm), parameters), der.pack(BIT_STRING, "\0", key))
end

local function bits_of(integer)
  local digits = integer:match "^%z*(.*)$"
  if digits == "" then return 0 end
  return #digits * 8 - 7 + math.floor(math.log(digits:byte()) / math.log(2) + 1e-9)
end

-- Type -> function(blob, position): bits, SubjectPublicKeyInfo (nil where signatures of this type are not checked).
local read = {}

read["ssh-ed25519"] = function(blob, position)
  local key = unpack(">s4", blob, position)
  expect(#key == 32, "host key of a wrong length")
  return 256, public_key_info(ED25519, "", key)
end

read["ssh-rsa"] = function(blob, position)
  local exponent, modulus = unpack(">s4 s4", blob, position)
  local key = der.pack(SEQUENCE, der.pack(INTEGER, modulus), der.pack(INTEGER, exponent))
  return bits_of(modulus), public_key_info(RSA, der.pack(NULL), key)
end

read["ssh-dss"] = function(blob, position)
  return bits_of((unpack(">s4", blob, position)))
end

for name, curve in pairs(CURVES) do
  read["ecdsa-sha2-" .. name] = function(blob, position)
    local _, point = unpack(">s4 s4", blob, position)
    return curve[2], public_key_info(EC_PUBLIC_KEY, der.pack(OID, curve[1]), point)
  end
end

-- The hash and the signature as OpenSSL takes it, for a signature of this type.
local function read_signature(kind, bytes)
  local curve = CURVES[kind:match "^ecdsa%-sha2%-(.*)$"]
  if not curve then return RSA_HASHES[kind], bytes end
  local r, s = unpack(">s4 s4", bytes)
  return curve[3], der.pack(SEQUENCE, der.pack(INTEGER, r), der.pack(INTEGER, s))
end

-- What a host key's bytes say: { kind, bits, fingerprint (as ssh-keygen prints it), info }.
function ssh_keys.read(blob)
  local kind, position = unpack(">s4", blob)
  local key = { kind = kind, fingerprint = "SHA256:" .. crypto.base64(crypto.hash("sha256", blob)):gsub("=+$", "") }
  if read[kind] then key.bits, key.info = read[kind](blob, position) end
  return key
end

-- Whether the key signed the message; nil where its type is not checked.
function ssh_keys.verify(key, signature, message)
  if not key.info then return nil end
  local kind, bytes = unpack(">s4 s4", signature)
  local family = RSA_HASHES[kind] and "ssh-rsa" or kind
  if family ~= key.kind then return false end
  local hash, form = read_signature(kind, bytes)
  return crypto.verify(key.info, hash, form, message)
end

return ssh_keys
