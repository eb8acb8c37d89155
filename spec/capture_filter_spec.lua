local C, ffi = require "spec.support.c" ("capture_filter", "packet", "error")

ffi.cdef "unsigned bpf_filter(const void *, const uint8_t *, unsigned, unsigned);" -- libpcap's interpreter

local function compile(layer, first, last)
  local filter, why = ffi.new "struct capture_filter", ffi.new "struct error"
  assert(C.capture_filter_compile(filter, layer, first, last, 66000, why) == 0, ffi.string(why.text))
  return filter
end

local function address(text)
  local out = ffi.new "struct address"
  assert(C.address_parse(text, out) == 0, text)
  return out
end

-- A TCP segment to the given port, as a frame of the layer.
local function segment(layer, v6, port)
  local out, path = ffi.new("struct segment", { window_scale = -1, flags = 18 }), ffi.new "struct packet_path"
  path.layer = layer
  out.source.address, out.source.port = address(v6 and "2001:db8::2" or "198.18.0.2"), 80
  out.destination.address, out.destination.port = address(v6 and "2001:db8::1" or "198.18.0.1"), port
  local buffer = ffi.new "uint8_t[128]"
  return ffi.string(buffer, C.packet_write(buffer, 128, path, out))
end

local function passes(filter, frame)
  return C.bpf_filter(filter.steps, ffi.cast("const uint8_t *", frame), #frame, #frame) > 0
end

-- Puts bytes into a frame at an offset from its IP header.
local function patch(frame, layer, at, bytes)
  at = at + (layer == C.LINK_ETHERNET and 14 or 0)
  return frame:sub(1, at) .. bytes .. frame:sub(at + #bytes + 1)
end

describe("capture filter", function()
  for _, layer in ipairs { C.LINK_ETHERNET, C.LINK_RAW_IP } do
    local name = layer == C.LINK_ETHERNET and "Ethernet" or "bare IP"

    it("passes our ports and no others on " .. name, function()
      local filter = compile(layer, 61000, 62000)
      for _, v6 in ipairs { false, true } do
        for port, expected in pairs { [61000] = true, [61500] = true, [62000] = true, [60999] = false, [62001] = false,
                                      [80] = false } do
          assert.equal(expected, passes(filter, segment(layer, v6, port)), port)
        end
      end
      local one = compile(layer, 61000, 61000)
      assert.is_true(passes(one, segment(layer, false, 61000)))
      assert.is_false(passes(one, segment(layer, false, 61001)))
    end)

    it("finds the port behind IPv4 options on " .. name, function()
      local filter, frame = compile(layer, 61000, 62000), segment(layer, false, 61000)
      local start = layer == C.LINK_ETHERNET and 14 or 0
      local with = frame:sub(1, start + 20) .. "\148\4\0\0" .. frame:sub(start + 21)
      assert.is_true(passes(filter, patch(with, layer, 0, "\70")))
      assert.is_false(passes(filter, with))
    end)

    it("passes ICMP errors that quote our ports and no other ICMP, nor UDP, on " .. name, function()
      local filter, frame = compile(layer, 61000, 62000), segment(layer, false, 61000)
      local function quoting(packet, at, port)
        return patch(packet .. ("\0"):rep(60), layer, at, string.char(math.floor(port / 256), port % 256))
      end
      local icmp = quoting(patch(frame, layer, 9, "\1"), 20 + 8 + 20, 61000)
      for kind, expected in pairs { [3] = true, [11] = true, [12] = true, [0] = false, [8] = false, [5] = false } do
        assert.equal(expected, passes(filter, patch(icmp, layer, 20, string.char(kind))), kind)
      end
      assert.is_false(passes(filter, patch(frame, layer, 9, "\17")))
      for port, expected in pairs { [62000] = true, [60999] = false, [62001] = false } do
        assert.equal(expected, passes(filter, quoting(patch(icmp, layer, 20, "\3"), 48, port)), port)
      end
      icmp = quoting(patch(segment(layer, true, 61000), layer, 6, "\58"), 40 + 8 + 40, 61000)
      for kind, expected in pairs { [1] = true, [3] = true, [4] = true, [2] = false, [128] = false, [135] = false } do
        assert.equal(expected, passes(filter, patch(icmp, layer, 40, string.char(kind))), kind)
      end
      for port, expected in pairs { [62000] = true, [60999] = false, [62001] = false } do
        assert.equal(expected, passes(filter, quoting(patch(icmp, layer, 40, "\1"), 88, port)), port)
      end
    end)

    it("lets IPv6 extension headers through on " .. name, function()
      local filter, frame = compile(layer, 61000, 62000), segment(layer, true, 80)
      for header, expected in pairs { [0] = true, [43] = true, [60] = true, [17] = false } do
        assert.equal(expected, passes(filter, patch(frame, layer, 6, string.char(header))), header)
      end
    end)
  end

  it("ignores what is no IP", function()
    local filter = compile(C.LINK_ETHERNET, 61000, 62000)
    assert.is_false(passes(filter, ("\255"):rep(12) .. "\8\6" .. ("\0"):rep(46)))
    assert.is_false(passes(filter, ""))
  end)
end)
