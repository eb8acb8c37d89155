-- What is true of the servers in spec/worlds/servers/ssl.lua (SSL 2.0, RFC 6101, RFC 5246).
require "spec.support.peer"   -- where digests come from in specs
local digest = require "sonde.digest"
local hex = require "spec.support.hex"

local SHA256 = "57fd0cceaba50406ac1242be747fd074514d55fe7031c3f4f8a0a80a10a00e62"   -- of its certificate, by sha256sum

-- Fields of a ServerHello with nothing but renegotiation_info: version and suite as they stand there.
local function fields(version, name, short, suite)
  return {
    version = name, cipher = ("0x%04x"):format(suite), session_id_length = 32, extensions = { 0xFF01 }, retry = false,
    ja3s = digest.md5(("%d,%d,65281"):format(version, suite)),
    ja4s = ("t%s0100_%04x_%s"):format(short, suite, digest.sha256("ff01"):sub(1, 12)),
  }
end
local ssl3 = fields(0x300, "SSLv3", "s3", 0x0005)
ssl3.certificates = { SHA256 }
local ways = { http = "tls", tls = "tls", newlines = "tls" }   -- alerts, and a ServerHello

local hosts = {
  { handshake = "ssl2", specification = "SSL 2.0 (Hickman 1995)", service = "tls", ways = ways, fields = {
    version = "SSLv2", ciphers = { "0x010080", "0x020080", "0x0700c0" }, certificates = { SHA256 },
  } },
  { handshake = "ssl3", specification = "RFC 6101", service = "tls", ways = ways, fields = ssl3 },
  { handshake = "tls_export", service = "tls", ways = ways, fields = fields(0x301, "TLSv1.0", "10", 0x0003) },
}
-- It likes 009d more than 0035, whatever the order; the third hello has neither, and the two after it no protocol it speaks.
local BEST, REFUSED = "009d|0303|http/1.1|ff01-0000-0017-0010", "|||"
local ANSWERS = { BEST, BEST, REFUSED, REFUSED, REFUSED, (BEST:gsub("0303", "0302")), BEST, BEST, BEST, BEST }
for number, answer in ipairs(ANSWERS) do
  local name = ("jarm_%02d"):format(number)
  hosts[#hosts + 1] = { handshake = name, service = "tls", ways = ways, fields = { [name] = answer } }
end

-- Sections 5.6.1.2 of RFC 6101 and 7.4.1.2 of RFC 5246: a version, 32 bytes of chance, no session, suites and no compression.
local CHANCE = ("ab"):rep(32)
local function hello(version, suites, rest)
  local body = hex(version .. CHANCE .. "00" .. suites .. "01 00" .. (rest or ""))
  return hex(("16 03 00 %04X 01 %06X"):format(#body + 4, #body)) .. body
end
local function alert(version, description) return hex("15" .. version .. "00 02 02" .. description) end
local function chooses(version, suite)
  return function(answer)
    return answer:sub(1, 3) == hex("16" .. version) and answer:sub(10, 11) == hex(version) and answer:sub(77, 78) == hex(suite)
      and answer:sub(-9) == hex("16" .. version .. "00 04 0E 00 00 00")
  end
end
local OLD = hello("03 00", "00 04 00 05 00 0A")
-- SSL 2: 3 cipher kinds, no session, a challenge of 16 bytes.
local SSL2 = hex "80 22 01 00 02 00 09 00 00 00 10" .. hex "01 00 80 06 00 40 07 00 C0" .. ("c"):rep(16)
local function answers_ssl2(answer)
  return #answer == 2 + 11 + 281 + 6 + 16 and answer:sub(1, 13) == hex "81 3A 04 00 01 00 02 01 19 00 06 00 10"
    and answer:sub(295, 300) == hex "01 00 80 07 00 C0"
end
-- RFC 8448 section 3: the ClientHello of a simple handshake of TLS 1.3, which has nothing for an old server.
local RFC8448 = hex [[ 16 03 01 00 c4 01 00 00 c0 03 03 cb 34 ec b1 e7 81 63 ba 1c 38 c6 da cb 19 6a 6d ff a2 1a 8d 99 12 ec 18
  a2 ef 62 83 02 4d ec e7 00 00 06 13 01 13 03 13 02 01 00 00 91 00 00 00 0b 00 09 00 00 06 73 65 72 76 65 72 ff 01 00 01 00
  00 0a 00 14 00 12 00 1d 00 17 00 18 00 19 01 00 01 01 01 02 01 03 01 04 00 23 00 00 00 33 00 26 00 24 00 1d 00 20 99 38 1d
  e5 60 e4 bd 43 d2 3d 8e 43 5a 7d ba fe b3 c0 6e 51 c1 3c ae 4d 54 13 69 1e 52 9a af 2c 00 2b 00 03 02 03 04 00 0d 00 20 00
  1e 04 03 05 03 06 03 02 03 08 04 08 05 08 06 04 01 05 01 06 01 02 01 04 02 05 02 06 02 02 02 00 2d 00 02 01 01 00 1c 00 02
  40 01 ]]

return {
  specification = "RFC 5246",
  hosts = hosts,
  asks = {
    { "a hello of SSL 3", OLD, chooses("03 00", "00 05"), host = 2 },
    { "one in two records", OLD:sub(1, 3) .. hex "00 14" .. OLD:sub(6, 25) .. OLD:sub(1, 3) .. hex "00 1B" .. OLD:sub(26),
      chooses("03 00", "00 05"), host = 2 },
    { "the hello of RFC 8448", RFC8448, alert("03 03", "28"), "closed", host = 4 },
    { "its key cut short", (RFC8448:gsub("%z\36%z\29%z\32", "\0\36\0\29\0\31")), alert("03 03", "32"), "closed", host = 4 },
    { "an extension twice", hello("03 03", "00 02 00 9D", "00 0A FF 01 00 01 00 FF 01 00 01 00"),
      alert("03 03", "2F"), "closed", host = 4 },
    { "extensions that are too long", hello("03 03", "00 02 00 9D", "00 06 FF 01 00 01 00"),
      alert("03 03", "32"), "closed", host = 4 },
    { "no compression that there is", (hello("03 03", "00 02 00 9D"):gsub(".$", "\1")),
      alert("03 03", "2F"), "closed", host = 4 },
    { "no suite", hello("03 03", "00 00"), alert("03 03", "32"), "closed", host = 4 },
    { "half a suite", hello("03 03", "00 03 00 9D 00"), alert("03 03", "32"), "closed", host = 4 },
    { "SSL 2 where there is none", SSL2, alert("03 03", "46"), "closed", host = 4 },
    { "another message first", (OLD:gsub("^(.....)\1", "%1\2")), alert("03 00", "0A"), "closed", host = 2 },
    { "a record that is too long", hex "16 03 00 40 01", alert("03 00", "16"), "closed", host = 2 },
  },
  strict = {
    { "a hello of SSL 2", SSL2, answers_ssl2, free = { { 15, 17 }, { 21, 36 } } },           -- another kind; the challenge
    { "a hello of SSL 3", OLD, chooses("03 00", "00 05"), host = 2, free = { 3, { 11, 43 }, 49, 50 } },   -- newer; chance; others
  },
}
