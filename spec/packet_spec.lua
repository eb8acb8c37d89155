local C, ffi = require "spec.support.c" ("packet", "error")

ffi.cdef "void *malloc(size_t); void free(void *);"

local function unhex(text)
  return (text:gsub("%s", ""):gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

local function address(text)
  local out = ffi.new "struct address"
  assert(C.address_parse(text, out) == 0, text)
  return out
end

local function address_text(value)
  return ffi.string(C.address_format(value, ffi.new "char[46]"))
end

-- A segment with the given fields; the second value keeps the payload alive.
local function segment(fields)
  local out = ffi.new "struct segment"
  out.window_scale = -1
  out.source.address, out.source.port = address(fields.source), fields.source_port or 61000
  out.destination.address, out.destination.port = address(fields.destination), fields.destination_port or 80
  for _, name in ipairs { "seq", "ack", "window", "mss", "flags", "ttl", "window_scale", "sack_permitted",
                          "has_timestamps", "ts_value", "ts_echo", "ip_id" } do
    if fields[name] ~= nil then out[name] = fields[name] end
  end
  local payload = fields.payload or ""
  local bytes = ffi.new("uint8_t[?]", #payload + 1, payload)
  out.payload, out.payload_length = bytes, #payload
  return out, bytes
end

local function path(layer)
  local out = ffi.new "struct packet_path"
  out.layer = layer
  ffi.copy(out.source_mac, "\2\0\0\0\0\1", 6)
  ffi.copy(out.next_hop_mac, "\2\0\0\0\0\2", 6)
  return out
end

local buffer = ffi.new "uint8_t[65536]"

local function write(fields, layer, size)
  local value, payload = segment(fields)
  local length = C.packet_write(buffer, size or 65536, path(layer or C.LINK_RAW_IP), value)
  if length < 0 then return nil, length, payload end
  return ffi.string(buffer, length)
end

local frame, packet = ffi.new "struct frame", ffi.new "struct packet"

-- Reads bytes that stand alone in a block of exactly their size, so that ASan sees any step over the end.
local function read(bytes, layer, flags)
  local block = ffi.cast("uint8_t *", ffi.C.malloc(#bytes))
  ffi.copy(block, bytes, #bytes)
  frame.data, frame.length, frame.flags = block, #bytes, flags or 0
  local drop = tonumber(C.packet_read(frame, layer or C.LINK_RAW_IP, packet))
  local payload
  if drop == 0 and packet.kind == C.PACKET_TCP then
    payload = ffi.string(packet.segment.payload, packet.segment.payload_length)
  end
  ffi.C.free(block)
  return drop, packet, payload
end

local function checksum(bytes)
  return C.packet_checksum_finish(C.packet_checksum_add(0, ffi.cast("const uint8_t *", bytes), #bytes))
end

local function word(value) return string.char(math.floor(value / 256), value % 256) end

-- An IPv4 packet around any payload, with a right header checksum.
local function ipv4(protocol, body, options, fragment, length)
  options = options or ""
  local header = string.char(0x45 + #options / 4, 0) .. word(length or 20 + #options + #body) .. "\18\52" ..
    word(fragment or 0) .. string.char(64, protocol)
  local addresses = unhex "c6120002 c6120001" .. options
  return header .. word(checksum(header .. "\0\0" .. addresses)) .. addresses .. body
end

local v6_addresses = unhex "20010db8000000000000000000000002 20010db8000000000000000000000001"

local function ipv6(next_header, body, length)
  return "\96\0\0\0" .. word(length or #body) .. string.char(next_header, 64) .. v6_addresses .. body
end

-- A bare TCP segment from the addresses that ipv4 and ipv6 use, its checksum for the given pseudo header.
local function tcp(pseudo, options, payload)
  options, payload = options or "", payload or ""
  local start = unhex "0050 ee48 00000009 01020305" .. string.char((5 + #options / 4) * 16, 0x12) .. "\255\255"
  local rest = "\0\0" .. options .. payload
  local length = #start + 2 + #rest
  return start .. word(checksum(pseudo .. "\0\6" .. word(length) .. start .. "\0\0" .. rest)) .. rest
end

local pseudo4 = unhex "c6120002 c6120001"

local syn = { source = "198.18.0.1", destination = "198.18.0.2", seq = 0x01020304, flags = 2, window = 65535,
              ip_id = 0x1234, mss = 1460, sack_permitted = true, has_timestamps = true, ts_value = 5, window_scale = 7 }
local data = { source = "2001:db8::1", destination = "2001:db8::2", seq = 0x01020304, ack = 0x05060708, flags = 0x18,
               window = 65535, payload = "GET" }
-- RFC 1071 over the IPv4 header adds up to 0x2639d, so its checksum is 0x9c60; over pseudo header and TCP it is
-- 0x436c7, so 0xc934; in the IPv6 packet below it is 0x3459a, so 0xba62.
local syn_bytes = unhex [[45 00 00 3c 12 34 40 00 40 06 9c 60 c6 12 00 01 c6 12 00 02
  ee 48 00 50 01 02 03 04 00 00 00 00 a0 02 ff ff c9 34 00 00
  02 04 05 b4 04 02 08 0a 00 00 00 05 00 00 00 00 01 03 03 07]]
local data_bytes = unhex [[60 00 00 00 00 17 06 40
  20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02
  ee 48 00 50 01 02 03 04 05 06 07 08 50 18 ff ff ba 62 00 00 47 45 54]]

describe("packet checksum", function()
  it("is that of RFC 1071 section 3", function()
    local bytes = ffi.new("uint8_t[8]", { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 })
    assert.equal(0x220d, C.packet_checksum_finish(C.packet_checksum_add(0, bytes, 8)))
  end)

  it("adds up over parts, and over every length and alignment as the plain sum does", function()
    local bytes = ffi.new "uint8_t[64]"
    for i = 0, 63 do bytes[i] = (i * 167 + 201) % 256 end
    for start = 0, 7 do
      for length = 0, 40 do
        local sum = 0
        for i = 0, length - 1 do sum = sum + bytes[start + i] * (i % 2 == 0 and 256 or 1) end
        while sum > 65535 do sum = sum % 65536 + math.floor(sum / 65536) end
        local half = length - length % 4
        local added = C.packet_checksum_add(0, bytes + start, half)
        added = C.packet_checksum_add(added, bytes + start + half, length - half)
        assert.equal(65535 - sum, C.packet_checksum_finish(added))
      end
    end
  end)
end)

describe("packet_write", function()
  it("writes a SYN with all options", function()
    assert.equal(syn_bytes, (write(syn)))
  end)

  it("writes IPv6 with data", function()
    assert.equal(data_bytes, (write(data)))
  end)

  it("puts the link header before it", function()
    assert.equal(unhex "020000000002 020000000001 0800" .. syn_bytes, (write(syn, C.LINK_ETHERNET)))
    assert.equal(unhex "020000000002 020000000001 86dd" .. data_bytes, (write(data, C.LINK_ETHERNET)))
    assert.equal(data_bytes, (write(data, C.LINK_NULL)):sub(5))
  end)

  it("says when it does not fit, and writes nothing beyond", function()
    buffer[62], buffer[63] = 0xaa, 0xaa
    local bytes, code = write(data, C.LINK_RAW_IP, 62)
    assert.is_nil(bytes)
    assert.equal(C.ERR_FULL, code)
    assert.equal(0xaa, buffer[62])
    assert.equal(63, #write(data, C.LINK_RAW_IP, 63))
    local whole = ("x"):rep(65496)
    local value, payload = segment { source = "198.18.0.1", destination = "198.18.0.2", payload = whole }
    local big = ffi.new "uint8_t[70000]"
    assert.equal(C.ERR_FULL, C.packet_write(big, 70000, path(C.LINK_RAW_IP), value), payload)
  end)

  it("refuses two families and layers that only exist in files", function()
    local _, code = write { source = "198.18.0.1", destination = "2001:db8::1" }
    assert.equal(C.ERR_INVALID, code)
    _, code = write(syn, C.LINK_COOKED)
    assert.equal(C.ERR_INVALID, code)
  end)
end)

describe("packet_read", function()
  it("reads what it did not write itself", function()
    local drop, got = read(syn_bytes)
    assert.equal(C.PACKET_OK, drop)
    local s = got.segment
    assert.same({ "198.18.0.1", 61000, "198.18.0.2", 80 }, { address_text(s.source.address), s.source.port,
                                                              address_text(s.destination.address), s.destination.port })
    assert.same({ 0x01020304, 2, 65535, 1460, true, true, 5, 7, 64, 0x1234 },
      { s.seq, s.flags, s.window, s.mss, s.sack_permitted, s.has_timestamps, s.ts_value, s.window_scale, s.ttl,
        s.ip_id })
    local _, _, payload = read(data_bytes)
    assert.equal("GET", payload)
  end)

  it("reads back whatever was written, on every layer", function()
    math.randomseed(7)
    local random = math.random
    local layers = { C.LINK_ETHERNET, C.LINK_RAW_IP, C.LINK_NULL }
    for _ = 1, 5000 do
      local v6 = random(2) == 1
      local fields = {
        source = v6 and "2001:db8::" .. random(9999) or "198.18.0." .. random(255),
        destination = v6 and "2001:db8::" .. random(9999) or "198.19." .. random(255) .. ".9",
        source_port = random(0, 65535), destination_port = random(0, 65535),
        seq = random(0, 2 ^ 32 - 1), ack = random(0, 2 ^ 32 - 1), window = random(0, 65535), flags = random(0, 255),
        ttl = random(1, 255), mss = random(2) == 1 and random(65535) or 0, window_scale = random(-1, 14),
        sack_permitted = random(2) == 1, has_timestamps = random(2) == 1, ip_id = v6 and 0 or random(0, 65535),
        payload = ("payload %d\0\255"):format(random(9999)):rep(random(0, 60)),
      }
      if fields.has_timestamps then fields.ts_value, fields.ts_echo = random(0, 2 ^ 32 - 1), random(0, 2 ^ 32 - 1) end
      local layer = layers[random(3)]
      local drop, got, payload = read(write(fields, layer) .. ("\0"):rep(random(0, 6)), layer)
      assert.equal(C.PACKET_OK, drop)
      assert.equal(fields.payload, payload)
      local s = got.segment
      assert.equal(fields.source, address_text(s.source.address))
      assert.equal(fields.destination, address_text(s.destination.address))
      assert.equal(fields.source_port, s.source.port)
      assert.equal(fields.destination_port, s.destination.port)
      for _, name in ipairs { "seq", "ack", "window", "mss", "flags", "ttl", "window_scale", "sack_permitted",
                              "has_timestamps", "ip_id" } do
        assert.equal(fields[name], s[name], name)
      end
      assert.equal(fields.ts_value or 0, s.ts_value)
      assert.equal(fields.ts_echo or 0, s.ts_echo)
    end
  end)

  it("never reads past a frame cut short, and knows it for cut", function()
    for _, whole in ipairs { syn_bytes, data_bytes } do
      for length = 0, #whole - 1 do
        assert.equal(C.PACKET_TRUNCATED, (read(whole:sub(1, length))))
      end
    end
  end)

  it("takes the start of a frame that the link cut, where the checksum is vouched for", function()
    local whole = write { source = "198.18.0.1", destination = "198.18.0.2", payload = ("x"):rep(100) }
    local cut = whole:sub(1, 60)
    assert.equal(C.PACKET_TRUNCATED, (read(cut, nil, C.FRAME_TRUNCATED)))
    local drop, _, payload = read(cut, nil, C.FRAME_TRUNCATED + C.FRAME_CHECKSUM_VALID)
    assert.equal(C.PACKET_OK, drop)
    assert.equal(("x"):rep(20), payload)
    for length = 0, 39 do
      assert.equal(C.PACKET_TRUNCATED, (read(whole:sub(1, length), nil, C.FRAME_TRUNCATED + C.FRAME_CHECKSUM_VALID)))
    end
  end)

  it("ignores padding after the packet", function()
    local drop, _, payload = read(data_bytes .. "padding")
    assert.equal(C.PACKET_OK, drop)
    assert.equal("GET", payload)
  end)

  it("finds every single wrong bit of the TCP segment and of the IPv4 header's checksummed fields", function()
    for at = 1, #syn_bytes do
      for bit = 0, 7 do
        local wrong = string.char(require "bit".bxor(syn_bytes:byte(at), 2 ^ bit))
        local drop = read(syn_bytes:sub(1, at - 1) .. wrong .. syn_bytes:sub(at + 1))
        assert.not_equal(C.PACKET_OK, drop, "byte " .. at)
      end
    end
  end)

  it("lets a wrong TCP checksum pass only where the kernel vouches for it", function()
    local wrong = syn_bytes:sub(1, 36) .. "\0\0" .. syn_bytes:sub(39)
    assert.equal(C.PACKET_CHECKSUM, (read(wrong)))
    assert.equal(C.PACKET_OK, (read(wrong, nil, C.FRAME_CHECKSUM_PARTIAL)))
    assert.equal(C.PACKET_OK, (read(wrong, nil, C.FRAME_CHECKSUM_VALID)))
    local header = syn_bytes:sub(1, 10) .. "\0\0" .. syn_bytes:sub(13)
    assert.equal(C.PACKET_CHECKSUM, (read(header, nil, C.FRAME_CHECKSUM_VALID)))
  end)

  it("takes the pseudo header's sum for a checksum left to the card, where the link cannot tell", function()
    -- 198.18.0.1, 198.18.0.2, protocol 6 and length 40 add up to 0x18c55.
    local partial = syn_bytes:sub(1, 36) .. unhex "8c56" .. syn_bytes:sub(39)
    assert.equal(C.PACKET_OK, (read(partial, nil, C.FRAME_CHECKSUM_UNKNOWN)))
    assert.equal(C.PACKET_CHECKSUM, (read(partial)))
    assert.equal(C.PACKET_CHECKSUM, (read(partial:sub(1, 36) .. unhex "8c57" .. partial:sub(39), nil, 8)))
    assert.equal(C.PACKET_OK, (read(syn_bytes, nil, C.FRAME_CHECKSUM_UNKNOWN)))
  end)

  it("skips IPv4 options by the header length", function()
    local drop, got, payload = read(ipv4(6, tcp(pseudo4, "", "hello"), "\148\4\0\0"))
    assert.equal(C.PACKET_OK, drop)
    assert.equal(80, got.segment.source.port)
    assert.equal("hello", payload)
  end)

  it("drops what contradicts itself", function()
    local body = tcp(pseudo4)
    local short_header = ipv4(6, body)
    short_header = "\68" .. short_header:sub(2)
    assert.equal(C.PACKET_MALFORMED, (read(short_header)))
    assert.equal(C.PACKET_MALFORMED, (read(ipv4(6, body, nil, nil, 19))))
    assert.equal(C.PACKET_MALFORMED, (read(ipv4(6, body:sub(1, 19)))))
    for _, offset in ipairs { 0, 4, 6, 15 } do
      local bytes = body:sub(1, 12) .. string.char(offset * 16) .. body:sub(14)
      assert.equal(C.PACKET_MALFORMED, (read(ipv4(6, bytes), nil, C.FRAME_CHECKSUM_VALID)))
    end
    assert.equal(C.PACKET_MALFORMED, (read(unhex "020000000002 020000000001 0800" .. data_bytes, C.LINK_ETHERNET)))
  end)

  it("drops fragments of both families", function()
    assert.equal(C.PACKET_FRAGMENT, (read(ipv4(6, tcp(pseudo4), nil, 0x2000))))
    assert.equal(C.PACKET_FRAGMENT, (read(ipv4(6, tcp(pseudo4), nil, 0x0001))))
    assert.equal(C.PACKET_OK, (read(ipv4(6, tcp(pseudo4), nil, 0x4000))))
    assert.equal(C.PACKET_FRAGMENT, (read(ipv6(44, "\6\0\0\1\0\0\0\1" .. tcp(v6_addresses)))))
  end)

  it("skips the extension headers that may stand before TCP, within bounds", function()
    local body = tcp(v6_addresses, "", "six")
    local eight, sixteen = "\0\0\0\0\0\0", ("\0"):rep(14)
    for _, chain in ipairs {
      ipv6(0, "\6\0" .. eight .. body), ipv6(60, "\6\1" .. sixteen .. body), ipv6(43, "\6\0" .. eight .. body),
      ipv6(0, "\60\0" .. eight .. "\43\1" .. sixteen .. "\6\0" .. eight .. body),
    } do
      local drop, _, payload = read(chain)
      assert.equal(C.PACKET_OK, drop)
      assert.equal("six", payload)
    end
    assert.equal(C.PACKET_MALFORMED, (read(ipv6(0, "\6\255" .. eight .. body))))
    assert.equal(C.PACKET_MALFORMED, (read(ipv6(60, "\0\0" .. eight .. "\6\0" .. eight .. body))))
    assert.equal(C.PACKET_MALFORMED, (read(ipv6(60, "\6\0\0"))))
    assert.equal(C.PACKET_NOT_TCP, (read(ipv6(59, body))))
    assert.equal(C.PACKET_NOT_TCP, (read(ipv6(50, body))))
  end)

  it("tells what is neither IP nor TCP", function()
    assert.equal(C.PACKET_NOT_IP, (read(unhex "ffffffffffff 020000000001 0806 0001 0800", C.LINK_ETHERNET)))
    assert.equal(C.PACKET_NOT_IP, (read "\80xxxxxxxxxxxxxxxxxxxxxxxxx"))
    assert.equal(C.PACKET_NOT_TCP, (read(ipv4(17, "12345678"))))
    assert.equal(C.PACKET_NOT_TCP, (read(ipv4(58, "12345678"))))
    assert.equal(C.PACKET_NOT_TCP, (read(ipv6(1, "12345678"))))
  end)

  it("reads each link header, one VLAN tag included", function()
    local macs = unhex "020000000002 020000000001"
    assert.equal(C.PACKET_OK, (read(macs .. "\8\0" .. syn_bytes, C.LINK_ETHERNET)))
    assert.equal(C.PACKET_OK, (read(macs .. "\129\0\0\42\134\221" .. data_bytes, C.LINK_ETHERNET)))
    assert.equal(C.PACKET_NOT_IP, (read(macs .. "\129\0\0\42\129\0\0\42\8\0" .. syn_bytes, C.LINK_ETHERNET)))
    assert.equal(C.PACKET_TRUNCATED, (read(macs .. "\129\0\0\42", C.LINK_ETHERNET)))
    assert.equal(C.PACKET_OK, (read("\30\0\0\0" .. data_bytes, C.LINK_NULL)))
    assert.equal(C.PACKET_OK, (read(("\0"):rep(14) .. "\8\0" .. syn_bytes, C.LINK_COOKED)))
  end)

  it("reads options in bounds and ignores those of a wrong length", function()
    local function options(bytes)
      local drop, got = read(ipv4(6, tcp(pseudo4, bytes)))
      assert.equal(C.PACKET_OK, drop)
      local s = got.segment
      return { s.mss, s.window_scale, s.sack_permitted, s.has_timestamps }
    end
    assert.same({ 536, -1, false, false }, options "\1\1\1\1\2\4\2\24")
    assert.same({ 0, 14, false, false }, options "\3\3\200\0")
    assert.same({ 0, -1, false, false }, options "\0\2\4\2\24\0\0\0")
    assert.same({ 0, -1, false, false }, options "\2\6\2\24\0\0\1\1")
    assert.same({ 0, -1, true, false }, options "\4\2\2\4")
    assert.same({ 536, -1, false, false }, options "\2\4\2\24\8\10\0\0")
    assert.same({ 536, -1, false, false }, options "\2\4\2\24\99\0\4\2")
    assert.same({ 536, -1, false, false }, options "\2\4\2\24\1\1\1\99")
  end)
end)

describe("ICMP errors", function()
  local quoted4, quoted6 = syn_bytes:sub(1, 28), data_bytes:sub(1, 48)

  local function icmp4(kind, code, quote)
    local rest = "\0\0\0\0" .. quote
    return ipv4(1, string.char(kind, code) .. word(checksum(string.char(kind, code) .. "\0\0" .. rest)) .. rest)
  end

  local function icmp6(kind, code, quote)
    local start, rest = string.char(kind, code), "\0\0\0\0" .. quote
    local pseudo = v6_addresses .. "\0\58" .. word(4 + #rest)
    return ipv6(58, start .. word(checksum(pseudo .. start .. "\0\0" .. rest)) .. rest)
  end

  it("give the quoted packet's endpoints and sequence number, and who sent them", function()
    for _, kind in ipairs { 3, 11, 12 } do
      local drop, got = read(icmp4(kind, 1, quoted4))
      assert.equal(C.PACKET_OK, drop)
      assert.equal(C.PACKET_ICMP_ERROR, tonumber(got.kind))
      assert.same({ kind, 1, "198.18.0.2" }, { got.icmp_type, got.icmp_code, address_text(got.reporter) })
      local s = got.segment
      assert.same({ "198.18.0.1", 61000, "198.18.0.2", 80, 0x01020304 }, { address_text(s.source.address),
        s.source.port, address_text(s.destination.address), s.destination.port, s.seq })
    end
    for _, kind in ipairs { 1, 3, 4 } do
      local drop, got = read(icmp6(kind, 0, quoted6))
      assert.equal(C.PACKET_OK, drop)
      assert.same({ "2001:db8::1", 61000, 0x01020304 },
        { address_text(got.segment.source.address), got.segment.source.port, got.segment.seq })
    end
  end)

  it("that are no such errors are not for us", function()
    assert.equal(C.PACKET_NOT_TCP, (read(icmp4(8, 0, quoted4))))
    assert.equal(C.PACKET_NOT_TCP, (read(icmp6(2, 0, quoted6))))
    assert.equal(C.PACKET_NOT_TCP, (read(icmp6(128, 0, quoted6))))
  end)

  it("must quote 8 bytes of TCP, of their own family", function()
    for length = 0, 27 do assert.equal(C.PACKET_TRUNCATED, (read(icmp4(3, 1, quoted4:sub(1, length))))) end
    for length = 0, 47 do assert.equal(C.PACKET_TRUNCATED, (read(icmp6(1, 0, quoted6:sub(1, length))))) end
    assert.equal(C.PACKET_MALFORMED, (read(icmp4(3, 1, quoted6))))
    assert.equal(C.PACKET_NOT_TCP, (read(icmp4(3, 1, ipv4(17, "12345678")))))
    assert.equal(C.PACKET_FRAGMENT, (read(icmp4(3, 1, ipv4(6, "12345678", nil, 7)))))
    assert.equal(C.PACKET_OK, (read(icmp4(3, 1, ipv4(6, "12345678", "\148\4\0\0")))))
  end)

  it("may quote a packet whose length field a router has changed, or a first fragment", function()
    assert.equal(C.PACKET_OK, (read(icmp4(3, 1, ipv4(6, "12345678", nil, nil, 9)))))
    assert.equal(C.PACKET_OK, (read(icmp4(3, 1, ipv4(6, "12345678", nil, 0x2000)))))
  end)

  it("are verified", function()
    local bytes = icmp4(3, 1, quoted4)
    assert.equal(C.PACKET_CHECKSUM, (read(bytes:sub(1, -2) .. "x")))
    bytes = icmp6(1, 0, quoted6)
    assert.equal(C.PACKET_CHECKSUM, (read(bytes:sub(1, -2) .. "x")))
  end)

  it("and everything else survive 200000 random and mutated frames", function()
    math.randomseed(11)
    local random, char = math.random, string.char
    local macs = unhex "020000000002 020000000001"
    local seeds = {
      syn_bytes, data_bytes, icmp4(3, 1, quoted4), icmp6(1, 0, quoted6),
      ipv4(6, tcp(pseudo4, "\2\4\2\24\8\10\0\0"), "\148\4\0\0"),
      ipv6(0, "\60\0\0\0\0\0\0\0\43\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0" .. tcp(v6_addresses)),
    }
    local kinds = {}
    for round = 1, 200000 do
      local bytes = seeds[random(#seeds)]
      if round % 8 == 0 then
        local all = {}
        for i = 1, random(0, 90) do all[i] = char(random(0, 255)) end
        bytes = table.concat(all)
        if random(2) == 1 then bytes = char(random(2) == 1 and 0x45 or 0x60) .. bytes:sub(2) end
      else
        for _ = 1, random(0, 3) do
          local at = random(#bytes)
          bytes = bytes:sub(1, at - 1) .. char(random(0, 255)) .. bytes:sub(at + 1)
        end
        if random(4) == 1 then bytes = bytes:sub(1, random(0, #bytes)) end
      end
      local layer = random(0, 3)
      if layer == C.LINK_ETHERNET then
        bytes = macs .. (random(2) == 1 and "\8\0" or "\134\221") .. bytes
      elseif layer == C.LINK_COOKED then
        bytes = ("\0"):rep(14) .. (random(2) == 1 and "\8\0" or "\134\221") .. bytes
      elseif layer == C.LINK_NULL then
        bytes = "\2\0\0\0" .. bytes
      end
      local drop = read(bytes, layer, random(0, 7))
      kinds[drop] = (kinds[drop] or 0) + 1
    end
    for drop = C.PACKET_OK, C.PACKET_CHECKSUM do assert.is_true((kinds[drop] or 0) > 100, "drop " .. tonumber(drop)) end
  end)
end)
