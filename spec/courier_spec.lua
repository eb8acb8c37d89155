local C, ffi = require "spec.support.c" ("address", "error", "message", "courier")

ffi.cdef [[
int pipe(int descriptors[2]);
long read(int descriptor, void *out, size_t size);
int close(int descriptor);
void (*signal(int number, void (*handler)(int)))(int);
]]

local SIGPIPE, SIG_IGN = 13, 1

-- use(courier, take): take() returns all bytes that are in the pipe now.
local function with(use)
  local ends = ffi.new "int[2]"
  assert.equal(0, ffi.C.pipe(ends))
  local courier, piece = C.courier_create(ends[1]), ffi.new "uint8_t[65536]"
  local function take()
    local count = tonumber(ffi.C.read(ends[0], piece, 65536))
    return ffi.string(piece, math.max(0, count))
  end
  local ok, why = pcall(use, courier, take, ends)
  C.courier_destroy(courier)
  ffi.C.close(ends[0])
  ffi.C.close(ends[1])
  assert(ok, why)
end

local function messages(bytes)
  local taken, at, message, list = ffi.new "size_t[1]", ffi.new "size_t[1]", ffi.new "struct message", {}
  assert.equal(0, C.message_take(bytes, #bytes, taken))
  while C.message_next(bytes, taken[0], at, message) do
    list[#list + 1] = { kind = tonumber(message.kind), payload = ffi.string(message.payload, message.length) }
  end
  return list, bytes:sub(tonumber(taken[0]) + 1)
end

local function record(courier, line) return C.courier_record(courier, line, #line) end

describe("a courier", function()
  it("says whose record it is, from the record's own beginning", function()
    with(function(courier, take)
      for _, target in ipairs { { "198.18.0.1", 80, "198.18.0.1:80" }, { "2001:db8::1", 65535, "[2001:db8::1]:65535" } } do
        local line = ('{"address":"%s","port":%d,"time":"x"}\n'):format(target[1], target[2])
        assert.equal(0, record(courier, line))
        assert.equal(0, C.courier_push(courier))
        local list = messages(take())
        local whose = ffi.cast("const struct endpoint *", list[1].payload)
        local text = ffi.new "char[54]"
        assert.equal(target[3], ffi.string(C.endpoint_format(whose, text)))
        assert.equal(line, list[1].payload:sub(ffi.sizeof "struct endpoint" + 1))
      end
    end)
  end)

  it("refuses a record that does not say whose it is", function()
    with(function(courier)
      for _, line in ipairs { "", "{}\n", '{"address":"198.18.0.1"}\n', '{"address":"no","port":1}\n', '{"address":"',
        '{"address":"198.18.0.1","port":0}\n', '{"address":"198.18.0.1","port":65536}\n', '{"address":"198.18.0.1","port":',
        '{"address":"198.18.0.1","port":99999999999999999999}\n', '{"address":"' .. ("1"):rep(500) .. '","port":1}\n' } do
        local exact = ffi.new("char[?]", math.max(1, #line))
        ffi.copy(exact, line, #line)
        assert.equal(C.ERR_INVALID, C.courier_record(courier, exact, #line), line)
      end
    end)
  end)

  it("hands over nothing of a batch that is not pushed", function()
    with(function(courier, take)
      assert.equal(0, record(courier, '{"address":"198.18.0.1","port":80}\n'))
      assert.is_true(C.courier_pending(courier) > 0)
      assert.equal(0, C.courier_push(courier))
      assert.equal(0, tonumber(C.courier_pending(courier)))
      assert.equal(1, #messages(take()))
    end)
  end)

  it("does not wait for a pipe that is full, and loses nothing", function()
    with(function(courier, take)
      local line = ('{"address":"198.18.0.1","port":80,"data":"%s"}\n'):format(("x"):rep(1000))
      for _ = 1, 2000 do assert.equal(0, record(courier, line)) end
      assert.equal(0, C.courier_push(courier))
      assert.is_true(C.courier_pending(courier) > 1e6)
      local parts = {}
      while C.courier_pending(courier) > 0 do
        parts[#parts + 1] = take()
        assert.equal(0, C.courier_push(courier))
      end
      parts[#parts + 1] = take()
      local rest, count, batches = table.concat(parts), 0, 0
      while #rest > 0 do
        local list
        list, rest = messages(rest)
        count, batches = count + #list, batches + 1
      end
      assert.equal(2000, count)
      assert.is_true(batches > 1, "a batch does not grow without end")
    end)
  end)

  it("tells that nobody reads any more", function()
    local before = ffi.C.signal(SIGPIPE, ffi.cast("void (*)(int)", SIG_IGN))
    with(function(courier, _, ends)
      ffi.C.close(ends[0])
      assert.equal(0, record(courier, '{"address":"198.18.0.1","port":80}\n'))
      assert.equal(C.ERR_CLOSED, C.courier_push(courier))
      assert.equal(C.ERR_CLOSED, C.courier_flush(courier))
    end)
    ffi.C.signal(SIGPIPE, before)
  end)
end)
