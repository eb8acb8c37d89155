local C, ffi = require "spec.support.c" ("link_trace", "link_pipe", "error")
local wire = require "spec.support.link"

ffi.cdef [[
  struct pcap_file { uint32_t magic; uint16_t major, minor; int32_t zone; uint32_t accuracy, snapshot, link_type; };
  struct pcap_record { uint32_t seconds, nanoseconds, captured, length; };
  void (*signal(int, void (*)(int)))(int);
]]

local function open(inner, file)
  local out, why = ffi.new "struct link *[1]", ffi.new "struct error"
  local code = C.link_trace_open(out, inner, file, why)
  if code ~= 0 then return nil, code, ffi.string(why.text) end
  return out[0]
end

local function bytes_of(file)
  local handle = assert(io.open(file, "rb"))
  local bytes = handle:read "*a"
  handle:close()
  return bytes
end

-- The link type and the list of { time, text } in a capture file.
local function records(file)
  local bytes = bytes_of(file)
  local header = ffi.cast("const struct pcap_file *", bytes)
  assert.same({ 0xa1b23c4d, 2, 4 }, { header.magic, header.major, header.minor })
  local list, at = {}, 24
  while at < #bytes do
    local record = ffi.cast("const struct pcap_record *", ffi.cast("const char *", bytes) + at)
    assert.equal(record.captured, record.length)
    list[#list + 1] = { record.seconds * 1e9 + record.nanoseconds, bytes:sub(at + 17, at + 16 + record.captured) }
    at = at + 16 + record.captured
  end
  return header.link_type, list
end

describe("link_trace", function()
  local file

  setup(function() ffi.C.signal(13, ffi.cast("void (*)(int)", 1)) end) -- SIGPIPE ignored, as the program does
  before_each(function() file = os.tmpname() end)
  after_each(function() os.remove(file) end)

  it("writes what was sent and received, at the virtual clock's times", function()
    local near, far = wire.pipe()
    local link = open(near, file)
    C.link_pipe_advance(far, 1000000001)
    wire.send(link, "out", "")
    C.link_pipe_advance(far, 2500000000)
    wire.send(far, "in")
    assert.same({ "in" }, wire.texts(wire.receive(link, 8)))
    assert.same({ "out", "" }, wire.texts(wire.receive(far, 8)))
    link.ops.wait(link, 0)
    local kind, list = records(file)
    assert.equal(1, kind)
    assert.same({ { 1000000001, "out" }, { 1000000001, "" }, { 2500000000, "in" } }, list)
    wire.close(link, far)
  end)

  it("writes the link type of each layer", function()
    for layer, kind in pairs { [0] = 1, [1] = 101, [2] = 0, [3] = 113 } do
      local near, far = wire.pipe(layer)
      wire.close(open(near, file), far)
      assert.equal(kind, (records(file)))
    end
  end)

  it("writes only what the inner link took, and everything by its end", function()
    local near, far = wire.pipe()
    local link, taken = open(near, file), 0
    while wire.send(link, "x") == 1 do taken = taken + 1 end
    wire.close(link, far)
    assert.equal(taken, #select(2, records(file)))
  end)

  it("reports a file it cannot open, and leaves the inner link alone", function()
    local near, far = wire.pipe()
    local link, code, why = open(near, "/nowhere/at/all.pcap")
    assert.is_nil(link)
    assert.equal(C.ERR_SYSTEM, code)
    assert.matches("cannot write the trace file /nowhere/at/all.pcap: No such file", why)
    assert.equal(1, wire.send(near, "still there"))
    wire.close(near, far)
  end)

  it("reports a disk that is full from the start", function()
    local near, far = wire.pipe()
    local link, code, why = open(near, "/dev/full")
    assert.is_nil(link)
    assert.equal(C.ERR_SYSTEM, code)
    assert.matches("No space left", why)
    wire.close(near, far)
  end)

  it("reports a failed write once, and goes on without the file", function()
    local fifo = os.tmpname()
    os.remove(fifo)
    assert.equal(0, os.execute("mkfifo " .. fifo))
    local reader = io.popen("head -c 24 " .. fifo) -- reads the file header, then goes away
    local near, far = wire.pipe()
    local link, why = open(near, fifo), ffi.new "struct error"
    assert.equal(24, #reader:read "*a")
    reader:close()
    assert.is_false(C.link_trace_failed(link, why))
    assert.equal(1, wire.send(link, "frame"))
    assert.is_true(C.link_trace_failed(link, why))
    assert.matches("cannot write the trace file .* any further: Broken pipe", ffi.string(why.text))
    assert.is_false(C.link_trace_failed(link, why))
    assert.equal(1, wire.send(link, "another"))
    assert.same({ "frame", "another" }, wire.texts(wire.receive(far, 8)))
    wire.close(link, far)
    os.remove(fifo)
  end)
end)
