-- Servers on the kernel's own TCP that serve nobody: for the lab, behind nftables.
--   luajit spec/lab/middlebox_servers.lua PORT ADDRESS=KIND ...      (silent, echo, close, reset)
-- close and reset end a connection a moment after its first data, so that the kernel has acknowledged it. Prints its process id
-- once it listens; ends when killed, or after two minutes.
local ffi = require "ffi"

ffi.cdef [[
  int socket(int, int, int); int bind(int, const void *, unsigned); int listen(int, int); int close(int);
  int accept(int, void *, void *); long send(int, const void *, size_t, int); long recv(int, void *, size_t, int);
  int setsockopt(int, int, int, const void *, unsigned); unsigned alarm(unsigned); int getpid(void); int usleep(unsigned);
  struct pollfd { int fd; short events, revents; };
  int poll(struct pollfd *, unsigned long, int);
]]

local C = ffi.C
local POLLIN, NO_SIGNAL = 1, 0x4000
local SOCKETS_MAX = 512
local SETTLE_US = 60000   -- the kernel acknowledges the first data at once, or within 40 ms

local port = tonumber(arg[1])
local kinds, listening = {}, {}   -- descriptor -> what it does; which of them listen

for i = 2, #arg do
  local a, b, c, d, kind = arg[i]:match "^(%d+)%.(%d+)%.(%d+)%.(%d+)=(%a+)$"
  local handle = C.socket(2, 1, 0)   -- AF_INET, SOCK_STREAM
  local name = ffi.new("uint8_t[16]", { 2, 0, math.floor(port / 256), port % 256, tonumber(a), tonumber(b), tonumber(c),
    tonumber(d) })
  assert(C.setsockopt(handle, 1, 2, ffi.new("int[1]", 1), 4) == 0)   -- SO_REUSEADDR
  assert(C.bind(handle, name, 16) == 0 and C.listen(handle, 64) == 0, arg[i])
  kinds[handle], listening[handle] = kind, true
end

local bytes = ffi.new "uint8_t[4096]"

local function finish(handle)
  C.close(handle)
  kinds[handle] = nil
end

local serve = {
  silent = function() end,
  echo = function(handle, length) C.send(handle, bytes, length, NO_SIGNAL) end,
  close = function(handle)
    C.usleep(SETTLE_US)
    finish(handle)
  end,
  reset = function(handle)
    C.usleep(SETTLE_US)
    C.setsockopt(handle, 1, 13, ffi.new("int[2]", 1, 0), 8)   -- SO_LINGER, no time: RST
    finish(handle)
  end,
}

local function ready(handle)
  if listening[handle] then
    local new = C.accept(handle, nil, nil)
    if new >= 0 then kinds[new] = kinds[handle] end
    return
  end
  local length = tonumber(C.recv(handle, bytes, 4096, 0))
  if length <= 0 then return finish(handle) end
  serve[kinds[handle]](handle, length)
end

C.alarm(120)
io.stdout:write(C.getpid(), "\n")
io.stdout:flush()
local polled = ffi.new("struct pollfd[?]", SOCKETS_MAX)
while true do
  local count = 0
  for handle in pairs(kinds) do
    if count < SOCKETS_MAX then
      polled[count].fd, polled[count].events, polled[count].revents = handle, POLLIN, 0
      count = count + 1
    end
  end
  C.poll(polled, count, -1)
  for i = 0, count - 1 do
    if polled[i].revents ~= 0 then ready(polled[i].fd) end
  end
end
