-- Frames as Lua strings over any link, and pairs of in-memory links to send them through.
local C, ffi = require "spec.support.c" ("link", "link_pipe")

local link = {}

-- Both ends of a pipe.
function link.pipe(layer)
  local ends = ffi.new "struct link *[2]"
  assert(C.link_pipe_create(ends, layer or C.LINK_ETHERNET) == 0)
  return ends[0], ends[1]
end

-- Sends strings as one batch; how many the link took, or an error code.
function link.send(self, ...)
  local texts = { ... }
  local frames = ffi.new("struct frame[?]", #texts)
  local bytes = {}
  for i, text in ipairs(texts) do
    bytes[i] = ffi.new("uint8_t[?]", #text + 1, text) -- the final zero is copied too
    frames[i - 1].data, frames[i - 1].length = bytes[i], #text
  end
  local taken = self.ops.send(self, frames, #texts)
  assert(#bytes == #texts) -- and alive until here: frames hold bare pointers
  return taken
end

-- Receives at most `count` frames: a list of { text, flags, time_ns }, or nil and the error code.
function link.receive(self, count)
  local frames = ffi.new("struct frame[?]", count)
  local got = self.ops.receive(self, frames, count)
  if got < 0 then return nil, got end
  local list = {}
  for i = 1, got do
    local frame = frames[i - 1]
    list[i] = { text = ffi.string(frame.data, frame.length), flags = frame.flags, time_ns = tonumber(frame.time_ns) }
  end
  return list
end

function link.texts(frames)
  local texts = {}
  for i, frame in ipairs(frames) do texts[i] = frame.text end
  return texts
end

function link.close(...)
  for _, each in ipairs { ... } do each.ops.close(each) end
end

return link
