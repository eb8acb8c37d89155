-- The far side of workers_spec: a server on every address of its namespace, run as `luajit workers_inside.lua serve`. Sends an
-- SSH banner after 0 to 400 ms, as the address says, and closes.
local ffi = require "ffi"

ffi.cdef [[
typedef unsigned int socklen_t;
struct sockaddr_in { uint16_t family, port; uint32_t address; uint8_t zero[8]; };
struct pollfd { int fd; short events, revents; };
struct timespec { long seconds, nanoseconds; };
int socket(int, int, int);
int setsockopt(int, int, int, const void *, socklen_t);
int bind(int, const struct sockaddr_in *, socklen_t);
int listen(int, int);
int accept4(int, void *, socklen_t *, int);
int getsockname(int, struct sockaddr_in *, socklen_t *);
int poll(struct pollfd *, unsigned long, int);
long send(int, const void *, size_t, int);
int close(int);
int clock_gettime(int, struct timespec *);
]]

local AF_INET, SOCK_STREAM, NONBLOCK, SOL_SOCKET, SO_REUSEADDR = 2, 1, 2048, 1, 2
local POLLIN, MSG_NOSIGNAL, MONOTONIC = 1, 0x4000, 1
local BANNER = "SSH-2.0-OpenSSH_9.2p1\r\n"
local DELAYS, STEP = 5, 0.1   -- seconds

local C = ffi.C

local function now()
  local time = ffi.new "struct timespec"
  C.clock_gettime(MONOTONIC, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) / 1e9
end

local listener = C.socket(AF_INET, SOCK_STREAM + NONBLOCK, 0)
local one, length = ffi.new("int[1]", 1), ffi.new "socklen_t[1]"
local name = ffi.new("struct sockaddr_in", { family = AF_INET, port = 80 * 256 })
assert(C.setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, one, 4) == 0)
assert(C.bind(listener, name, ffi.sizeof(name)) == 0 and C.listen(listener, 4096) == 0)
io.stdout:write "ready\n"
io.stdout:flush()

-- One queue for each delay: what was accepted first is due first.
local queues = {}
for delay = 0, DELAYS - 1 do queues[delay] = { first = 1, last = 0 } end

local ready = ffi.new("struct pollfd[1]", { { fd = listener, events = POLLIN } })
while true do
  C.poll(ready, 1, 5)
  local time = now()
  repeat
    local connection = C.accept4(listener, nil, nil, NONBLOCK)
    if connection >= 0 then
      length[0] = ffi.sizeof(name)
      C.getsockname(connection, name, length)
      local delay = bit.rshift(name.address, 24) % DELAYS
      local queue = queues[delay]
      queue.last = queue.last + 1
      queue[queue.last] = { connection, time + delay * STEP }
    end
  until connection < 0
  for delay = 0, DELAYS - 1 do
    local queue = queues[delay]
    while queue.first <= queue.last and queue[queue.first][2] <= time do
      local connection = queue[queue.first][1]
      queue[queue.first], queue.first = nil, queue.first + 1
      C.send(connection, BANNER, #BANNER, MSG_NOSIGNAL)
      C.close(connection)
    end
  end
end
