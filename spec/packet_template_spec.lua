local C, ffi = require "spec.support.c" ("packet_template", "packet", "error")

local SIZE = 96

local function address(text)
  local out = ffi.new "struct address"
  assert(C.address_parse(text, out) == 0, text)
  return out
end

-- The SYN of a probe, its open fields as given.
local function syn(source, fields)
  local out = ffi.new("struct segment", { flags = 2, window = 65535, mss = 1460, window_scale = -1, sack_permitted = true,
                                          has_timestamps = true })
  out.source.address = address(source)
  for name, value in pairs(fields or {}) do out[name] = value end
  return out
end

local function path(layer)
  local out = ffi.new("struct packet_path", { layer = layer })
  ffi.copy(out.source_mac, "\2\0\0\0\0\1", 6)
  ffi.copy(out.next_hop_mac, "\2\0\0\0\0\2", 6)
  return out
end

local function template(segment, layer)
  local out = ffi.new "struct packet_template"
  return out, C.packet_template_init(out, path(layer), segment)
end

-- What the template makes, and what packet_write makes of the same.
local function both(made, source, layer, port, remote, seq, ts_value)
  local out, plain = ffi.new("uint8_t[?]", SIZE), ffi.new("uint8_t[?]", SIZE)
  C.packet_template_write(made, out, port, remote, seq, ts_value)
  local segment = syn(source, { seq = seq, ts_value = ts_value, destination = remote })
  segment.source.port = port
  local length = C.packet_write(plain, SIZE, path(layer), segment)
  return ffi.string(out, made.length), ffi.string(plain, length)
end

describe("packet_template", function()
  local families = { { "198.18.0.1", 4, 4 }, { "2001:db8::1", 6, 16 } }

  it("makes the frame that packet_write makes, on every layer that sends", function()
    math.randomseed(4)
    local random = math.random
    for _, layer in ipairs { C.LINK_ETHERNET, C.LINK_RAW_IP, C.LINK_NULL } do
      for _, family in ipairs(families) do
        local source, kind, length = unpack(family)
        local made, error = template(syn(source), layer)
        assert.equal(0, error)
        for _ = 1, 2000 do
          local remote = ffi.new("struct endpoint", { address = { family = kind }, port = random(0, 65535) })
          for i = 0, length - 1 do remote.address.bytes[i] = random(0, 255) end
          local ours, plain = both(made, source, layer, random(0, 65535), remote, random(0, 2 ^ 32 - 1), random(0, 2 ^ 32 - 1))
          assert.equal(plain, ours)
        end
      end
    end
  end)

  it("folds every carry: with all open bits clear, and all set", function()
    for _, family in ipairs(families) do
      local source, kind, length = unpack(family)
      local made = template(syn(source), C.LINK_RAW_IP)
      for _, byte in ipairs { 0, 255 } do
        local remote = ffi.new("struct endpoint", { address = { family = kind }, port = byte * 257 })
        for i = 0, length - 1 do remote.address.bytes[i] = byte end
        local ours, plain = both(made, source, C.LINK_RAW_IP, byte * 257, remote, byte * 0x1010101, byte * 0x1010101)
        assert.equal(plain, ours)
      end
    end
  end)

  it("forgets what stood in the open fields of the segment it was made of", function()
    local segment = syn("198.18.0.1", { seq = 77, ts_value = 99 })
    segment.source.port, segment.destination.port = 1, 2
    segment.destination.address = address "198.18.255.255"
    local made, plain = template(segment, C.LINK_RAW_IP), template(syn "198.18.0.1", C.LINK_RAW_IP)
    assert.equal(ffi.string(plain.bytes, SIZE), ffi.string(made.bytes, SIZE))
  end)

  it("is empty where nothing can be sent", function()
    local made, error = template(syn "198.18.0.1", C.LINK_COOKED)
    assert.equal(tonumber(C.ERR_INVALID), error)
    assert.equal(0, made.length)
  end)
end)
