local C, ffi = require "spec.support.c" ("link_pcap", "link_trace", "link_pipe", "error")
local wire = require "spec.support.link"

local counters = ffi.new "struct counters"

local function open(file)
  local config = ffi.new("struct link_config", { counters = counters })
  config.file = file
  local out, why = ffi.new "struct link *[1]", ffi.new "struct error"
  local code = C.link_pcap_ops.open(out, config, why)
  if code ~= 0 then return nil, code, ffi.string(why.text) end
  return out[0]
end

-- A capture file with the given frames, written by a trace.
local function capture(file, layer, ...)
  local near, far = wire.pipe(layer)
  local out = ffi.new "struct link *[1]"
  assert(C.link_trace_open(out, near, file, ffi.new "struct error") == 0)
  wire.send(out[0], ...)
  wire.close(out[0], far)
end

local function write(file, bytes)
  local handle = assert(io.open(file, "wb"))
  handle:write(bytes)
  handle:close()
end

local function read(file)
  local handle = assert(io.open(file, "rb"))
  local bytes = handle:read "*a"
  handle:close()
  return bytes
end

describe("link_pcap with a file", function()
  local file

  before_each(function() file = os.tmpname() end)
  after_each(function() os.remove(file) end)

  it("hands up every frame, then says that it is over", function()
    capture(file, C.LINK_ETHERNET, "one", "two", "three")
    local link = open(file)
    assert.same({ "one", "two" }, wire.texts(wire.receive(link, 2)))
    local frames = wire.receive(link, 8)
    assert.same({ "three" }, wire.texts(frames))
    assert.equal(C.FRAME_CHECKSUM_UNKNOWN, frames[1].flags)
    assert.is_true(frames[1].time_ns <= tonumber(link.ops.now(link)))
    local nothing, code = wire.receive(link, 8)
    assert.is_nil(nothing)
    assert.equal(C.ERR_CLOSED, code)
    wire.close(link)
  end)

  it("knows the layer by the file's link type", function()
    for layer = C.LINK_ETHERNET, C.LINK_COOKED do
      capture(file, layer, "x")
      local link = open(file)
      assert.equal(layer, tonumber(link.layer))
      wire.close(link)
    end
  end)

  it("sends to nowhere and waits for nothing", function()
    capture(file, C.LINK_ETHERNET, "x")
    local link = open(file)
    assert.equal(2, wire.send(link, "a", "b"))
    assert.equal(0, link.ops.wait(link, link.ops.now(link) + 3600 * 1000000000ULL))
    assert.same({ "x" }, wire.texts(wire.receive(link, 8)))
    wire.close(link)
  end)

  it("hands up more than a batch of long frames", function()
    local frames = {}
    for i = 1, 600 do frames[i] = ("%04d"):format(i):rep(500) end
    capture(file, C.LINK_RAW_IP, unpack(frames))
    local link, got = open(file), {}
    while #got < 600 do
      local batch = assert(wire.receive(link, 1024))
      for _, text in ipairs(wire.texts(batch)) do got[#got + 1] = text end
    end
    assert.same(frames, got)
    wire.close(link)
  end)

  it("ends where a file is damaged", function()
    capture(file, C.LINK_ETHERNET, "whole", "cut off")
    write(file, read(file):sub(1, -4))
    local link = open(file)
    assert.same({ "whole" }, wire.texts(wire.receive(link, 8)))
    assert.equal(C.ERR_CLOSED, select(2, wire.receive(link, 8)))
    wire.close(link)
  end)

  it("explains what it cannot read", function()
    local link, code, why = open "/nowhere/at/all.pcap"
    assert.is_nil(link)
    assert.equal(C.ERR_INVALID, code)
    assert.matches("cannot read the capture file /nowhere/at/all.pcap: .*No such file", why)
    write(file, "this is no capture file at all")
    why = select(3, open(file))
    assert.matches("cannot read the capture file .*unknown file format", why)
    capture(file, C.LINK_ETHERNET, "x")
    local bytes = read(file)
    write(file, bytes:sub(1, 20) .. "\105\0\0\0" .. bytes:sub(25)) -- wireless frames
    link, code, why = open(file)
    assert.is_nil(link)
    assert.equal(C.ERR_UNSUPPORTED, code)
    assert.matches("link type that is not supported %(IEEE802_11%)", why)
  end)
end)
