-- What the C core reads from outside, against wrong bytes: frames, ZMap's lines, JSON, base64, certificates, TLS, and what
-- people write: addresses, ranges, ports, units, targets. Each input stands alone in memory of exactly its size, so that
-- ASan sees any step over its end; what is read is checked against what it was read from.
local C, ffi = require "spec.support.c" ("error", "address", "range", "ports", "units", "targets", "cidr", "blocklist", "packet",
  "zmap_line", "json", "json_read", "base64", "certificate", "buffer", "tds_frames", "tls", "key_exchange")
local bit = require "bit"
local cjson = require "cjson"
local damage = require "spec.fuzz.damage"

ffi.cdef "void *malloc(size_t); void free(void *);"

local NOW = 1780000000              -- 2026-05-28, for validity
local TARGETS_MAX = 10000           -- entries are added to a set; now and then to a new one

local why = ffi.new "struct error"

-- A copy in memory of its own, with a final zero where `extra` is 1. It lives as long as what is returned.
local function block(bytes, extra)
  local size = #bytes + (extra or 0)
  local copy = ffi.gc(ffi.cast("char *", ffi.C.malloc(math.max(size, 1))), ffi.C.free)
  ffi.copy(copy, bytes, size)
  return copy
end

local function unhex(text)
  return (text:gsub("%s", ""):gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

local function big_endian(value) return string.char(bit.rshift(value, 8) % 256, value % 256) end

-- --- frames -------------------------------------------------------------------------------------------------------------

-- A SYN-ACK with all options, data in IPv6, ICMP errors that quote them, chains of IPv6 options, fragments.
local SYN = unhex [[4500003c 12340000 40060000 c6120001 c6120002 ee480050 01020304 00000000 a0 02 ffff 0000 0000
  020405b4 0402 080a 00000005 00000000 01 030307]]
local DATA = unhex [[60000000 0017 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002
  ee480050 01020304 05060708 50 18 ffff 0000 0000 474554]]
local FRAMES = {
  SYN, DATA,
  unhex "45000038 00000000 40010000 c6120002 c6120001 0301 0000 00000000" .. SYN:sub(1, 28),
  unhex "60000000 0038 3a 40 20010db8000000000000000000000002 20010db8000000000000000000000001 0100 0000 00000000"
    .. DATA:sub(1, 48),
  DATA:sub(1, 4) .. "\0\47\0" .. DATA:sub(8, 40) .. "\60\0\1\4\0\0\0\0\43\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0" .. DATA:sub(41),
  "\72" .. SYN:sub(2, 3) .. "\72" .. SYN:sub(5, 20) .. "\148\4\0\0\1\1\1\0\1\1\1\0" .. SYN:sub(21),
  SYN:sub(1, 6) .. "\32\0" .. SYN:sub(9),
  DATA:sub(1, 6) .. "\44" .. DATA:sub(8, 40) .. "\6\0\0\1\0\0\0\7" .. DATA:sub(41),
}
local LAYERS = {
  [0] = function(random) return ("\2"):rep(12) .. (random(6) == 0 and "\129\0\0\42" or "") end,
  function() return "" end,
  function() return "\2\0\0\0" end,
  function() return ("\0"):rep(14) end,
}
local frame, packet = ffi.new "struct frame", ffi.new "struct packet"

-- A damaged IPv4 header's own checksum made right again, or nothing behind it would be looked at.
local function mend(bytes)
  local size = #bytes > 0 and bytes:byte() % 16 * 4 or 0
  if size < 20 or #bytes < size or bytes:byte() >= 0x50 then return bytes end
  local header = bytes:sub(1, 10) .. "\0\0" .. bytes:sub(13, size)
  local sum = C.packet_checksum_finish(C.packet_checksum_add(0, header, #header))
  return header:sub(1, 10) .. big_endian(sum) .. header:sub(13) .. bytes:sub(size + 1)
end

local function link_header(layer, bytes, random)
  local header = LAYERS[layer](random)
  if layer ~= 0 and layer ~= 3 then return header end
  return header .. (#bytes > 0 and bytes:byte() >= 0x60 and "\134\221" or "\8\0")
end

local run = {}

function run.packet(random, note)
  local bytes = random(10) == 0 and damage.noise(random, 90) or FRAMES[random(#FRAMES) + 1]
  if random(12) > 0 then bytes = damage.answer(bytes, random, FRAMES) end
  if random(6) > 0 then bytes = mend(bytes) end
  local layer = random(4)
  bytes = link_header(layer, bytes, random) .. bytes
  note("packet", bytes)
  local copy = block(bytes)
  frame.data, frame.length = ffi.cast("uint8_t *", copy), #bytes
  frame.flags = random(3) > 0 and C.FRAME_CHECKSUM_VALID or random(16)
  if C.packet_read(frame, layer, packet) ~= C.PACKET_OK then return end
  local segment = packet.segment
  if packet.kind == C.PACKET_TCP then
    local start = ffi.cast("char *", segment.payload) - copy
    assert(start >= 0 and start + segment.payload_length <= #bytes, "a payload outside its frame")
    ffi.string(segment.payload, segment.payload_length)
  end
  assert(segment.source.address.family == segment.destination.address.family, "addresses of two families")
end

-- --- lines, JSON, base64 ------------------------------------------------------------------------------------------------

local LINES = {
  '{"saddr":"198.18.0.7","daddr":"198.18.0.1","sport":80,"dport":61000,"seqnum":4294967295,"acknum":7,"window":0}',
  '{ "window" : "0", "acknum":"-7","x":-1.5e+3,"y":"\\u00e9\\"","z":null,"saddr":"2001:db8::7","daddr":"2001:db8::1",'
    .. '"sport":"443","dport":"61000","seqnum":"1","ok":true}',
  "saddr,daddr,sport,dport,seqnum,acknum,window", '"198.18.0.7",198.18.0.1,80,61000,-5,7,65535\r',
  '198.18.0.7,"198.18.0.1",80,"61000",1,2,3', "a,b,saddr,daddr,c,sport,dport,seqnum,acknum,window,d",
}
local reader, syn_ack = ffi.new "struct zmap_reader", ffi.new "struct zmap_syn_ack"

function run.zmap_line(random, note)
  local line = random(12) == 0 and damage.noise(random) or damage.answer(LINES[random(#LINES) + 1], random, LINES)
  note("zmap_line", line)
  if random(4) == 0 then C.zmap_reader_init(reader) end
  local code = C.zmap_line_read(reader, block(line), #line, syn_ack, why)
  assert(code <= 1 and (code >= 0 or #ffi.string(why.text) > 0), "neither a fact nor a sentence")
  assert(reader.column_count <= 64, "too many columns")
  if code == 1 then
    assert(syn_ack.remote.port > 0 and syn_ack["local"].port > 0, "a port of 0")
    assert(syn_ack.remote.address.family == syn_ack["local"].address.family, "addresses of two families")
  end
end

local TEXTS = {
  '{"a":1,"b":[true,false,null],"c":{"d":"e\\"\\\\"},"f":-1.5e3}', '[[[[[[]]]]]]', '[1,2,{"x":[]},"y"]', '"\\',
  '{"address":"198.18.0.7","attempts":[{"handshake":"http","data_base64":"AAEC"}],"port":80,"rtt":0.01}',
}
local STEPS_MAX = 20000
local json_text = ffi.new "struct json_text"

-- Reads it as a random mind would want it to be, and always comes to an end.
local function read_json(json, random, steps)
  local kind = random(7)
  if steps.left <= 0 then error("reading goes on for ever", 0) end
  steps.left = steps.left - 1
  if kind == 0 then return C.json_skip(json) end
  if kind == 1 then return C.json_read_unsigned(json) end
  if kind == 2 then return C.json_read_bool(json) end
  if kind == 3 then
    local text = C.json_read_text(json)
    return ffi.string(text.bytes, text.length)
  end
  if kind < 6 then
    C.json_enter_array(json)
    while C.json_next_element(json) do read_json(json, random, steps) end
  else
    C.json_enter_object(json)
    while C.json_next_member(json, json_text) do
      ffi.string(json_text.bytes, json_text.length)
      read_json(json, random, steps)
    end
  end
end

function run.json_read(random, note)
  local text = random(12) == 0 and damage.noise(random) or damage.answer(TEXTS[random(#TEXTS) + 1], random, TEXTS)
  if random(50) == 0 then text = ("["):rep(5000) .. text end
  note("json_read", text)
  local copy = block(text)
  local json = C.json_reader(copy, #text)
  read_json(json, random, { left = STEPS_MAX })
  assert(json.at >= copy and json.at <= copy + #text, "the reader left its text")
end

function run.base64(random, note)
  local bytes, length = damage.noise(random, 60), ffi.new "size_t[1]"
  local text = ffi.new("char[?]", tonumber(C.base64_encoded_length(#bytes)))
  C.base64_encode(block(bytes), #bytes, text)
  local encoded = ffi.string(text, C.base64_encoded_length(#bytes))
  local wrong = damage.answer(encoded, random, { encoded })
  note("base64", wrong)
  local out = ffi.new("uint8_t[?]", math.floor(#wrong / 4) * 3)
  if C.base64_decode(block(wrong), #wrong, out, length) ~= 0 then return end
  local again = ffi.new("char[?]", #wrong)
  assert(C.base64_encoded_length(length[0]) == #wrong, "another length than that it was read from")
  C.base64_encode(out, length[0], again)
  assert(ffi.string(again, #wrong) == wrong, "what decodes is not what encodes back")
end

local QUOTED = "gr\195\188n \"\\\226\128\168\240\159\152\128"
local written = ffi.new "struct json"

function run.json_write(random, note)
  local bytes = random(2) == 0 and damage.noise(random) or damage.answer(QUOTED, random, TEXTS)
  note("json_write", bytes)
  C.json_init(written, 65536)
  C.json_object_open(written)
  C.json_field(written, "a", block(bytes), #bytes)
  C.json_key(written, block("b" .. bytes), #bytes + 1)
  C.json_number(written, random(2) == 0 and random(2 ^ 31) or random(2 ^ 31) / 3 * 10 ^ (random(600) - 300))
  C.json_object_close(written)
  local ok, value = pcall(cjson.decode, ffi.string(written.text, written.length))
  local full = written.error ~= 0
  C.json_free(written)
  assert(full or ok and (value.a == bytes or value.a_base64), "what was written is no JSON")
end

-- --- certificates and TLS -----------------------------------------------------------------------------------------------

local function decoded(text)
  local length, out = ffi.new "size_t[1]", ffi.new("uint8_t[?]", #text)
  assert(C.base64_decode(text, #text, out, length) == 0)
  return ffi.string(out, length[0])
end

local CERTIFICATES = {}
for index, text in ipairs(require "spec.fuzz.certificates") do CERTIFICATES[index] = decoded(text) end

local HOSTS = { "door.example", "198.18.0.7", "2001:db8::7", "a.door.example.", "." }
local certificate = ffi.new "struct certificate"

-- Most damage to a certificate ends at its outermost lengths: here they are mostly kept, and what is in it replaced.
local function damaged_certificate(random)
  local der = CERTIFICATES[random(#CERTIFICATES) + 1]
  if random(6) == 0 then return damage.answer(der, random, CERTIFICATES) end
  for _ = 1, 1 + random(4) do
    local at = random(#der)
    der = der:sub(1, at) .. string.char(random(256)) .. der:sub(at + 2)
  end
  return der
end

function run.certificate(random, note)
  local der = damaged_certificate(random)
  note("certificate", der)
  local code = C.certificate_read(certificate, block(der), #der, NOW, HOSTS[random(#HOSTS + 1) + 1])
  if code ~= 0 then return end
  local stop = 0
  for index = 0, certificate.name_count - 1 do
    assert(certificate.name_end[index] >= stop and certificate.name_end[index] <= 8192, "a name outside the names")
    stop = certificate.name_end[index]
  end
  for _, key in ipairs { "subject", "issuer", "serial", "not_before", "not_after", "key_type", "signature_algorithm" } do
    assert(#ffi.string(certificate[key]) < ffi.sizeof(certificate[key]), key .. " has no end")
  end
end

local context = ffi.gc(C.tls_context_create(nil), C.tls_context_destroy)
local ALERT, HELLO = "\21\3\3\0\2\2\40", unhex [[1603030031 0200002d 0303
  000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 00 c02b 00 0005 ff01000100]]

-- A server's flight up to TLS 1.2: ServerHello, its certificates, ServerHelloDone.
local function flight_of(ders)
  local list = {}
  for index, der in ipairs(ders) do list[index] = "\0" .. big_endian(#der) .. der end
  list = table.concat(list)
  local body = "\0" .. big_endian(#list) .. list
  return HELLO .. "\22\3\3" .. big_endian(#body + 4) .. "\11\0" .. big_endian(#body) .. body .. "\22\3\3\0\4\14\0\0\0"
end

local FLIGHTS = { ALERT, HELLO, flight_of { CERTIFICATES[1] }, flight_of { CERTIFICATES[3], CERTIFICATES[2] },
  flight_of { CERTIFICATES[4] } }
local config, session = ffi.new "struct tls_config", ffi.new "struct tls *[1]"
local length = ffi.new "size_t[1]"

function run.tls(random, note)
  local flight = FLIGHTS[random(#FLIGHTS) + 1]
  if random(8) > 0 then flight = damage.answer(flight, random, FLIGHTS) end
  note("tls", flight)
  config.seed, config.now_s, config.verify = 1 + random(1000), NOW, random(2) == 0
  config.version_max = random(2) == 0 and 0x0303 or 0
  assert(C.tls_create(session, context, config, why) == 0)
  local size = random(3) == 0 and #flight or 1 + random(300)
  for at = 1, #flight, size do
    local piece = flight:sub(at, at + size - 1)
    C.tls_receive(session[0], block(piece), #piece)
  end
  assert(C.tls_state(session[0]) ~= C.TLS_OPEN, "a session without keys")
  C.tls_output(session[0], length)
  assert(#ffi.string(C.tls_failure(session[0])) < 96)
  C.tls_destroy(session[0])
end

-- Packets of TDS with pieces of a flight, cut anywhere.
function run.tds_frames(random, note)
  local parts, payload = {}, 0
  for index = 1, 1 + random(5) do
    local size = random(40)
    parts[index], payload = ("\18\1%s\0\0\1\0"):format(big_endian(size + 8)) .. ("x"):rep(size), payload + size
  end
  local whole = table.concat(parts)
  local bytes = random(3) == 0 and whole or damage.answer(whole, random, { HELLO })
  note("tds_frames", bytes)
  local frames, kept, size, at, taken = ffi.new "struct tds_frames", 0, 1 + random(30), 1, ffi.new "size_t[1]"
  while at <= #bytes and not frames.broken do
    local piece = bytes:sub(at, at + size - 1)
    local count = tonumber(C.tds_frames_unwrap(frames, ffi.cast("uint8_t *", block(piece)), #piece, taken))
    assert(taken[0] > 0 and taken[0] <= #piece and count <= taken[0], "more came out than went in")
    kept, at = kept + count, at + tonumber(taken[0])
  end
  assert(bytes ~= whole or kept == payload and not frames.broken, "a good packet is not read")
end

-- What a peer of a key exchange may send, in the quick groups.
local GROUPS = { "x25519", "P-256", "modp1024" }
local secret = ("secret"):rep(8)
local shared = ffi.new("uint8_t[?]", 512)

function run.key_exchange(random, note)
  local group = GROUPS[random(#GROUPS) + 1]
  assert(C.key_exchange_public(group, secret, #secret, shared, length) == 0)
  local value = ffi.string(shared, length[0])
  local good = random(4) == 0
  if not good then value = random(2) == 0 and damage.answer(value, random, { value }) or damage.noise(random) end
  note("key_exchange", value)
  local code = C.key_exchange_shared(group, secret, #secret, block(value), #value, shared, length)
  assert(not good or code == 0, "a good value is refused")
  assert(code ~= 0 or length[0] >= 1 and length[0] <= 512, "a secret of no length")
end

-- --- what people write --------------------------------------------------------------------------------------------------

local WORDS = {
  "198.18.0.1", "2001:db8::1", "::ffff:198.18.0.1", "::", "1:2:3:4:5:6:7:8", "198.18.0.0/15", "2001:db8::/32",
  "0.0.0.0/0", "::/0",
  "198.18.0.1-198.18.0.9", "2001:db8::1-2001:db8::ffff", "198.18.0.1:80", "[2001:db8::1]:443", "door.example:80",
  "80,443,8000-8100", "all", "@web,@mail,22", "1-65535", "10k", "1.5M", "500ms", "18446744073709551615", "0.000000001G", "1h",
}

-- What parses is what its text parses to again.
local function again(parse, format, kind, text, size)
  local first, second = ffi.new(kind), ffi.new(kind)
  if parse(text, first) ~= 0 then return end
  local shown = ffi.string(format(first, ffi.new("char[?]", size)))
  assert(#shown < size and parse(shown, second) == 0, "does not read its own text " .. shown)
  assert(ffi.string(first, ffi.sizeof(first)) == ffi.string(second, ffi.sizeof(second)), shown .. " means something else")
  return first
end

local function not_found() return C.ERR_NOT_FOUND end
local resolve = ffi.cast("targets_resolve_fn", not_found)
local parsed_ports, number = ffi.new "struct ports *[1]", ffi.new "uint64_t[1]"

local function sentence(code) assert(code == 0 or code < 0 and #ffi.string(why.text) > 0, "a failure without a sentence") end

function run.words(random, note)
  local word = damage.answer(WORDS[random(#WORDS) + 1], random, WORDS):gsub("%z", "0")
  note("words", word)
  local text = block(word, 1)
  again(C.address_parse, C.address_format, "struct address", text, 46)
  again(C.endpoint_parse, C.endpoint_format, "struct endpoint", text, 54)
  local range = again(C.range_parse, C.range_format, "struct address_range", text, 96)
  assert(not range or C.address_compare(range.first, range.last) <= 0, "a range that ends before it begins")
  local code = C.ports_parse(parsed_ports, text, why)
  sentence(code)
  if code == 0 then
    assert(C.ports_count(parsed_ports[0]) > 0, "no ports")
    C.ports_destroy(parsed_ports[0])
  end
  sentence(C.units_number(text, number, why))
  sentence(C.units_bandwidth(text, number, why))
  sentence(C.units_duration(text, number, why))
end

local targets, added

function run.targets(random, note)
  local word = damage.answer(WORDS[random(#WORDS) + 1], random, WORDS):gsub("%z", "0")
  note("targets", word)
  if not targets or added == TARGETS_MAX then
    targets, added = ffi.gc(C.targets_create(nil, resolve, nil), C.targets_destroy), 0
  end
  added = added + 1
  -- the resolver is Lua, which compiled code must not come back to
  sentence(C.targets_add(targets, block(word, 1), why))
end
jit.off(run.targets)

local path

-- A list in a file: every line of it an address, a block or a range, or the sentence that says which is not.
function run.list(random, note)
  local lines = {}
  for index = 1, 1 + random(8) do
    local word = WORDS[random(11) + 1]
    lines[index] = random(3) == 0 and damage.answer(word, random, WORDS) or word
  end
  local text = table.concat(lines, random(4) == 0 and "\r\n" or "\n")
  note("list", text)
  path = path or os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local set = C.cidr_set_create()
  local code = C.cidr_set_load(set, path, why)
  sentence(code)
  C.cidr_set_seal(set)
  local address, range = ffi.new "struct address", ffi.new "struct address_range"
  for index = 0, tonumber(C.cidr_set_count(set)) - 1 do
    C.cidr_set_get(set, index, range)
    assert(C.cidr_set_contains(set, range.first) and C.cidr_set_contains(set, range.last), "a range it does not contain")
  end
  C.address_parse("198.18.0.1", address)
  C.cidr_set_contains(set, address)
  C.cidr_set_destroy(set)
end

-- How often each comes, in 100 cases: slow ones seldom.
local SHARES = {
  { "packet", 27 }, { "zmap_line", 14 }, { "json_read", 12 }, { "base64", 8 }, { "json_write", 8 }, { "words", 14 },
  { "targets", 6 }, { "certificate", 6 }, { "tls", 1 }, { "list", 1 },
  { "tds_frames", 2 }, { "key_exchange", 1 },
}
local turns = {}
for _, share in ipairs(SHARES) do
  for _ = 1, share[2] do turns[#turns + 1] = run[share[1]] end
end
assert(#turns == 100)

-- Takes away what was made outside of memory.
local function finish()
  if path then os.remove(path) end
  targets, path = nil, nil
end

return function()
  return function(random, index, note) return turns[index % 100 + 1](random, note) end, finish
end
