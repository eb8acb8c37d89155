local C, ffi = require "spec.support.c" ("error", "output")

ffi.cdef [[
int pipe(int descriptors[2]);
long read(int descriptor, void *out, size_t size);
int close(int descriptor);
int open(const char *path, int flags, ...);
]]

local SECOND = 1000000000ULL

local function open(path, flags)
  local out, why = ffi.new "struct output *[1]", ffi.new "struct error"
  local code = C.output_open(out, path, flags or 0, why)
  return code == 0 and out[0] or nil, code, ffi.string(why.text)
end

local function write(output, text) return C.output_write(output, text, #text) end

local function close(output)
  local why = ffi.new "struct error"
  local code = C.output_close(output, why)
  return code, ffi.string(why.text)
end

local function contents(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

-- A pipe: our output into it, and the descriptor to read from.
local function open_pipe()
  local ends, out = ffi.new "int[2]", ffi.new "struct output *[1]"
  assert.equal(0, ffi.C.pipe(ends))
  assert.equal(0, C.output_open_descriptor(out, ends[1], "the pipe", nil))
  return out[0], ends[0], ends[1]
end

describe("output", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("writes whole lines, and ends those that have no end", function()
    local output = open(path)
    assert.equal(0, write(output, '{"a":1}\n'))
    assert.equal(0, write(output, '{"a":2}'))
    assert.equal(0, C.output_flush(output, 10 * SECOND))
    assert.equal('{"a":1}\n{"a":2}\n', contents(path))
    assert.equal(0, tonumber(C.output_pending(output)))
    assert.equal(0, C.output_error(output, nil))
    assert.equal(0, (close(output)))
  end)

  it("empties an existing file, or goes on at its end", function()
    close((open(path)))
    local output = open(path)
    write(output, "one")
    close(output)
    output = open(path, C.OUTPUT_APPEND)
    write(output, "two")
    close(output)
    assert.equal("one\ntwo\n", contents(path))
    output = open(path)
    close(output)
    assert.equal("", contents(path))
  end)

  it("goes on with a new line after one that was cut", function()
    local file = io.open(path, "wb")
    file:write '{"a":1}\n{"a":'
    file:close()
    local output = open(path, C.OUTPUT_APPEND)
    write(output, '{"a":2}')
    close(output)
    assert.equal('{"a":1}\n{"a":\n{"a":2}\n', contents(path))
  end)

  it("says which file it cannot open, and why", function()
    local output, code, why = open "/nowhere/records.jsonl"
    assert.is_nil(output)
    assert.equal(C.ERR_SYSTEM, code)
    assert.equal("cannot open /nowhere/records.jsonl for writing: No such file or directory", why)
  end)

  it("writes everything before it closes, byte by byte the same", function()
    local output = open(path)
    local lines = {}
    for i = 1, 200000 do
      lines[i] = ('{"number":%d,"text":"%s"}\n'):format(i, ("x"):rep(i % 97))
      assert.equal(0, write(output, lines[i]))
    end
    assert.equal(0, (close(output)))
    assert.is_true(contents(path) == table.concat(lines))
  end)

  it("never waits for a reader, and keeps what it has not read yet", function()
    local output, reader, writer = open_pipe()
    local lines = {}
    for i = 1, 20000 do
      lines[i] = ("%d %s\n"):format(i, ("y"):rep(90))
      assert.equal(0, write(output, lines[i]))
    end
    assert.is_true(C.output_pending(output) > 1000000)
    assert.equal(C.ERR_TIMEOUT, C.output_flush(output, 1))
    local all, chunk, text = table.concat(lines), ffi.new "char[70000]", {}
    local length = 0
    while length < #all do
      local count = tonumber(ffi.C.read(reader, chunk, 70000))
      text[#text + 1] = ffi.string(chunk, count)
      length = length + count
    end
    assert.equal(0, (close(output)))
    assert.is_true(table.concat(text) == all)
    ffi.C.close(reader)
    ffi.C.close(writer)
  end)

  it("tells that its reader went away, without a signal", function()
    local output, reader, writer = open_pipe()
    ffi.C.close(reader)
    write(output, "lost")
    assert.equal(C.ERR_CLOSED, C.output_flush(output, 10 * SECOND))
    assert.equal(C.ERR_CLOSED, write(output, "more"))
    local why = ffi.new "struct error"
    assert.equal(C.ERR_CLOSED, C.output_error(output, why))
    assert.equal("cannot write to the pipe: its reader went away", ffi.string(why.text))
    local code, last = close(output)
    assert.equal(C.ERR_CLOSED, code)
    assert.equal("cannot write to the pipe: its reader went away", last)
    ffi.C.close(writer)
  end)

  it("tells when a line was cut", function()
    local output, reader, writer = open_pipe()
    write(output, ("z"):rep(1000000))
    local byte = ffi.new "char[1]"
    assert.equal(1, tonumber(ffi.C.read(reader, byte, 1)))
    ffi.C.close(reader)
    local code, why = close(output)
    assert.equal(C.ERR_CLOSED, code)
    assert.equal("cannot write to the pipe: its reader went away; its last line is cut short", why)
    ffi.C.close(writer)
  end)

  it("tells that the disk is full", function()
    local output = open "/dev/full"
    write(output, "record")
    assert.equal(C.ERR_FULL, C.output_flush(output, 10 * SECOND))
    local code, why = close(output)
    assert.equal(C.ERR_FULL, code)
    assert.equal("cannot write to /dev/full: No space left on device", why)
  end)

  it("gives up on a reader that neither reads nor goes away, and says what is lost", function()
    local output, reader, writer = open_pipe()
    write(output, ("z"):rep(1000000))
    C.output_abandon(output)
    local code, why = close(output)
    assert.equal(C.ERR_TIMEOUT, code)
    assert.matches("^the pipe takes no more: %d+ bytes of records are lost", why)
    ffi.C.close(reader)
    ffi.C.close(writer)
  end)

  it("writes through a descriptor that does not block", function()
    local output, reader, writer = open_pipe()
    local nonblocking = ffi.C.open("/proc/self/fd/" .. writer, 0x801)
    local again = ffi.new "struct output *[1]"
    assert.equal(0, C.output_open_descriptor(again, nonblocking, "the same pipe", nil))
    write(again[0], ("w"):rep(200000))
    local chunk, length = ffi.new "char[70000]", 0
    while length < 200001 do length = length + tonumber(ffi.C.read(reader, chunk, 70000)) end
    assert.equal(0, (close(again[0])))
    assert.equal(0, (close(output)))
    for _, descriptor in ipairs { reader, writer, nonblocking } do ffi.C.close(descriptor) end
  end)

  it("refuses to hold more than its limit", function()
    local output, reader, writer = open_pipe()
    local big, taken, code = ("q"):rep(16 * 1024 * 1024), 0
    repeat
      code = write(output, big)
      if code == 0 then taken = taken + 1 end
    until code ~= 0
    assert.equal(C.ERR_FULL, code)
    assert.is_true(taken == 7 or taken == 8) -- of eight; a pipe takes a little of it
    assert.is_true(C.output_pending(output) <= 128 * 1024 * 1024)
    C.output_abandon(output)
    assert.equal(C.ERR_TIMEOUT, (close(output)))
    ffi.C.close(reader)
    ffi.C.close(writer)
  end)
end)
