-- Runs inside a namespace made by links_spec: one scene against a real kernel, its findings printed as a Lua table.
--   luajit spec/lab/links_inside.lua SCENE [ARGUMENT...]
package.path = "./?.lua;" .. package.path

local C, ffi = require "spec.support.c" ("link_ring", "link_xdp", "link_pcap", "xdp_program",
  "packet", "route", "suppress", "privilege", "error")

ffi.cdef [[
  int socket(int, int, int); int bind(int, const void *, unsigned); int listen(int, int); int close(int);
  int accept(int, void *, void *); long send(int, const void *, size_t, int); unsigned alarm(unsigned);
  int open(const char *, int, ...); int ioctl(int, unsigned long, ...); long read(int, void *, size_t);
  long write(int, const void *, size_t); int getpid(void); unsigned geteuid(void); unsigned getegid(void);
  int getgroups(int, unsigned *); int usleep(unsigned);
  struct bpf_test_run_opts { // bpf/bpf.h
    size_t sz; const void *data_in; void *data_out; uint32_t data_size_in, data_size_out;
    const void *ctx_in; void *ctx_out; uint32_t ctx_size_in, ctx_size_out, retval;
    int repeat; uint32_t duration, flags, cpu, batch_size;
  };
  int bpf_prog_test_run_opts(int, struct bpf_test_run_opts *);
]]

local SECOND = 1000000000
local PORT = 61000
local ops = { ring = C.link_ring_ops, xdp = C.link_xdp_ops, pcap = C.link_pcap_ops }
local why = ffi.new "struct error"
local counters = ffi.new "struct counters"
local frames = ffi.new "struct frame[64]"
local packet = ffi.new "struct packet"

local function sentence(code) return { code = code, why = ffi.string(why.text) } end

local function address(text)
  local out = ffi.new "struct address"
  assert(C.address_parse(text, out) == 0, text)
  return out
end

local function text_of(value) return ffi.string(C.address_format(value, ffi.new "char[46]")) end

local function mac_text(bytes)
  local parts = {}
  for i = 0, 5 do parts[#parts + 1] = ("%02x"):format(bytes[i]) end
  return table.concat(parts, ":")
end

local function open(kind, interface, fields)
  local config = ffi.new("struct link_config", { interface = interface, port_first = PORT, port_last = 65535,
                                                  counters = counters })
  for key, value in pairs(fields or {}) do config[key] = value end
  local out = ffi.new "struct link *[1]"
  local code = ops[kind].open(out, config, why)
  if code ~= 0 then return nil, sentence(code) end
  return out[0]
end

local function find(destination, options)
  local route = ffi.new "struct route"
  local code = C.route_find(route, address(destination), ffi.new("struct route_options", options or {}), why)
  if code ~= 0 then return nil, sentence(code) end
  return route
end

local buffer = ffi.new "uint8_t[2048]"

-- Where to build a frame: every second time in the link's own place, where it has one.
local sends = 0
local function place(link)
  local frame = ffi.new("struct frame[1]", { { buffer, 0, 0, 0 } })
  sends = sends + 1
  if sends % 2 == 1 and link.ops.reserve ~= nil and tonumber(link.ops.reserve(link, frame, 1)) == 1 then
    assert(frame[0].data ~= buffer)
  end
  return frame
end

-- Writes one segment along the route and sends it.
local function send(link, route, destination, port, fields)
  local path = ffi.new "struct packet_path"
  path.layer = link.layer
  ffi.copy(path.source_mac, link.mac, 6)
  ffi.copy(path.next_hop_mac, route.next_hop_mac, 6)
  local segment = ffi.new("struct segment", { seq = 1000, flags = C.TCP_SYN, window = 65535, window_scale = -1 })
  segment.source.address, segment.source.port = route.source, PORT
  segment.destination.address, segment.destination.port = address(destination), port
  for key, value in pairs(fields or {}) do
    if key == "source_port" then segment.source.port = value else segment[key] = value end
  end
  local frame = place(link)
  frame[0].length = C.packet_write(frame[0].data, 2048, path, segment)
  assert(frame[0].length > 0 and frame[0].length <= 2048)
  return link.ops.send(link, frame, 1)
end

-- The packets that come within `seconds`, or `enough` of them, with how long ago each came.
local function collect(link, seconds, enough)
  local list, until_ns = {}, link.ops.now(link) + seconds * SECOND
  while link.ops.now(link) < until_ns and #list < (enough or math.huge) do
    local got = link.ops.receive(link, frames, 64)
    if got < 0 then
      list.code = got
      return list
    end
    for i = 0, got - 1 do
      local drop = tonumber(C.packet_read(frames[i], link.layer, packet))
      local s = packet.segment
      if drop ~= C.PACKET_NOT_TCP then
        list[#list + 1] = {
          drop = drop, icmp = packet.kind == C.PACKET_ICMP_ERROR, source = text_of(s.source.address),
          port = s.source.port, to = s.destination.port, flags = s.flags, seq = s.seq, ack = s.ack,
          payload = s.payload_length, reporter = text_of(packet.reporter),
          age = tonumber(link.ops.now(link) - frames[i].time_ns) / SECOND,
          by_socket = bit.band(frames[i].flags, C.FRAME_CHECKSUM_UNKNOWN) ~= 0,
        }
      end
    end
    if got == 0 then link.ops.wait(link, until_ns) end
  end
  return list
end

local scenes = {}

-- SYNs to an open and to a closed port, and one answered by an ICMP error.
function scenes.answers(kind, interface, destination, open_port, closed_port, rejected_port)
  local link, failure = open(kind, interface)
  if not link then return failure end
  local route, missing = find(destination)
  if not route then return missing end
  local result = { layer = tonumber(link.layer), mtu = link.mtu, mac = mac_text(link.mac) }
  for name, port in pairs { open = open_port, closed = closed_port, rejected = rejected_port } do
    assert(send(link, route, destination, tonumber(port)) == 1)
    result[name] = collect(link, 2, 1)[1]
  end
  -- The server must not repeat its SYN-ACK to the next scene.
  assert(send(link, route, destination, tonumber(open_port), { flags = C.TCP_RST, seq = 1001 }) == 1)
  link.ops.count(link)
  result.dropped = tonumber(counters.dropped_kernel)
  link.ops.close(link)
  return result
end

-- A SYN from a port that is not ours: the answer must not reach us.
function scenes.other_port(kind, interface, destination, port)
  local link = assert(open(kind, interface))
  local route = assert(find(destination))
  assert(send(link, route, destination, tonumber(port), { source_port = 60999 }) == 1)
  assert(send(link, route, destination, tonumber(port)) == 1)
  local list = collect(link, 0.3)
  link.ops.close(link)
  return list
end

-- The interface goes down while we wait, and stays down for the next opening.
function scenes.down(kind, interface)
  local link = assert(open(kind, interface))
  os.execute("ip link set " .. interface .. " down")
  local code = collect(link, 3).code
  link.ops.close(link)
  local again, failure = open(kind, interface)
  assert(not again)
  return { code = code, opening = failure }
end

function scenes.wait(kind, interface)
  local link = assert(open(kind, interface))
  local start = link.ops.now(link)
  link.ops.wait(link, start + 200000)
  local took = tonumber(link.ops.now(link) - start)
  link.ops.wait(link, 0)
  link.ops.close(link)
  return { took = took }
end

function scenes.cannot_open(kind, interface)
  local link, failure = open(kind, interface)
  assert(not link)
  return failure
end

function scenes.route(destination, interface, source, mac)
  local options = {}
  if interface and interface ~= "-" then options.interface = interface end
  if source and source ~= "-" then options.source = address(source) end
  local bytes = ffi.new("uint8_t[6]", { 2, 3, 4, 5, 6, 7 })
  if mac then options.gateway_mac = bytes end
  local route, failure = find(destination, options)
  if not route then return failure end
  return { interface = ffi.string(route.interface.name), source = text_of(route.source),
           gateway = text_of(route.gateway), mac = mac_text(route.next_hop_mac),
           layer = tonumber(route.interface.layer), mtu = route.interface.mtu,
           is_local = route["local"], loopback = route.interface.loopback }
end

function scenes.is_local(...)
  local result = {}
  for i, text in ipairs { ... } do result[i] = C.route_is_local(address(text)) end
  return result
end

-- On loopback what we send comes back to us; the kernel itself answers nothing that was injected there.
function scenes.loopback(kind)
  local link = assert(open(kind, "lo"))
  local route = assert(find "127.0.0.1")
  assert(send(link, route, "127.0.0.1", PORT + 5, { source_port = 61001 }) == 1)
  local list = collect(link, 1, 1)
  link.ops.close(link)
  return list[1]
end

-- A frame over the MTU is refused for good, and must not hold up the one behind it.
function scenes.oversized(kind, interface, destination, port)
  local link = assert(open(kind, interface))
  local route = assert(find(destination))
  local long = ffi.new "uint8_t[2048]"
  local sent = link.ops.send(link, ffi.new("struct frame[1]", { { long, 2000, 0, 0 } }), 1)
  assert(send(link, route, destination, tonumber(port)) == 1)
  local answer = collect(link, 1, 1)[1]
  link.ops.close(link)
  return { sent = sent, errors = tonumber(counters.send_errors), answer = answer }
end

-- The same where the MTU became smaller after the link was opened, so that only the kernel knows.
function scenes.shrunk(kind, interface, destination, port)
  local link = assert(open(kind, interface))
  local route = assert(find(destination))
  local function mtu(bytes) assert(os.execute(("ip link set %s mtu %d"):format(interface, bytes)) == 0) end
  mtu(1300) -- not less than IPv6 needs
  local payload = ffi.new "uint8_t[1400]"
  send(link, route, destination, tonumber(port), { payload = payload, payload_length = 1400 })
  local sent = send(link, route, destination, tonumber(port))
  local answer = collect(link, 1, 1)[1]
  mtu(1500)
  link.ops.close(link)
  return { sent = sent, answer = answer, errors = tonumber(counters.send_errors) }
end

-- An interface whose carrier goes away with frames on their way, and comes back or not before the link is closed. `batches` of
-- 50 frames are handed over.
function scenes.carrier(kind, returns, batches)
  local function must(command) assert(os.execute(command) == 0, command) end
  must("ip link add wire0 type veth peer name wire1 && sysctl -qw net.ipv6.conf.wire0.disable_ipv6=1 "
    .. "net.ipv6.conf.wire1.disable_ipv6=1 && ip link set wire0 up && ip link set wire1 up")
  local link = assert(open(kind, "wire0"))
  must "ip link set wire1 down"
  local bytes, list, waits = ffi.new("uint8_t[60]", { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5 }), {}, 0
  for i = 1, 50 do list[i] = { bytes, 60, 0, 0 } end
  local until_ns = link.ops.now(link) + SECOND / 2
  local sent, flying = 0, {}
  for _ = 1, tonumber(batches) do sent = sent + link.ops.send(link, ffi.new("struct frame[50]", list), 50) end
  flying[1] = link.ops.in_flight(link)
  while link.ops.now(link) < until_ns do
    link.ops.wait(link, until_ns)
    waits = waits + 1
  end
  if returns == "yes" then
    must "ip link set wire1 up"
    until_ns = link.ops.now(link) + SECOND / 2
    while link.ops.now(link) < until_ns do link.ops.wait(link, until_ns) end
  end
  link.ops.finish(link)
  flying[2] = link.ops.in_flight(link)
  local unfinished, file = tonumber(counters.send_unfinished), io.open "/sys/class/net/wire1/statistics/rx_packets"
  local heard = file:read "*n"
  file:close()
  link.ops.close(link)
  must "ip link del wire0"
  return { sent = sent, flying = flying, waits = waits, errors = tonumber(counters.send_errors), unfinished = unfinished,
           closed = tonumber(counters.send_unfinished), heard = heard }
end

local function suppress(...)
  local list = { ... }
  local addresses = ffi.new("struct address[?]", #list)
  for i, text in ipairs(list) do addresses[i - 1] = address(text) end
  local out = ffi.new "struct suppress *[1]"
  local code = C.suppress_open(out, addresses, #list, PORT, 65535, why)
  if code ~= 0 then return nil, sentence(code) end
  return out[0]
end

-- A SYN whose SYN-ACK the kernel must, or must not, answer with RST.
function scenes.reset(wanted, interface, destination, port, source)
  local guard = wanted == "suppressed" and assert(suppress(source))
  local link = assert(open("ring", interface))
  local route = assert(find(destination))
  assert(send(link, route, destination, tonumber(port)) == 1)
  local result = { answer = collect(link, 1, 1)[1] }
  ffi.C.usleep(100000)
  if guard then
    result.count = tonumber(C.suppress_count(guard))
    C.suppress_close(guard)
  end
  link.ops.close(link)
  return result
end

-- A connection completed by hand, on which the server speaks first and much: how long the frames are that come.
function scenes.stream(kind, interface, destination, port, source)
  local guard = assert(suppress(source))
  local link = assert(open(kind, interface))
  local route = assert(find(destination))
  assert(send(link, route, destination, tonumber(port), { mss = 1460 }) == 1)
  local answer = collect(link, 1, 1)[1]
  assert(send(link, route, destination, tonumber(port), { flags = C.TCP_ACK, seq = 1001, ack = answer.seq + 1 }) == 1)
  local longest, dropped = 0, 0
  for _, each in ipairs(collect(link, 0.15)) do
    if each.drop ~= 0 then dropped = dropped + 1 else longest = math.max(longest, each.payload) end
  end
  assert(send(link, route, destination, tonumber(port), { flags = C.TCP_RST, seq = 1001 }) == 1)
  link.ops.close(link)
  C.suppress_close(guard)
  return { longest = longest, dropped = dropped }
end

-- A SYN whose SYN-ACK the kernel must not see, while the kernel's own connection, neighbour discovery
-- and all, works as ever.
function scenes.xdp_beside_kernel(interface, destination, port, source)
  local link, failure = open("xdp", interface, { addresses = address(source), address_count = 1 })
  if not link then return failure end
  local route = assert(find(destination))
  assert(send(link, route, destination, tonumber(port)) == 1)
  local result = { answer = collect(link, 1, 1)[1], mode = ffi.string(C.link_xdp_mode(link)) }
  ffi.C.usleep(100000)
  os.execute "ip neigh flush all"
  local pipe = io.popen(("timeout 5 bash -c 'exec 3<>/dev/tcp/%s/%d; cat <&3'"):format(destination, port))
  result.read = #pipe:read "*a"
  pipe:close()
  result.heard = #collect(link, 0.1)
  -- So that the server does not repeat its SYN-ACK when nobody keeps the kernel from answering any more.
  assert(send(link, route, destination, tonumber(port), { flags = C.TCP_RST, seq = 1001 }) == 1)
  link.ops.close(link)
  return result
end

-- Holds the link until it is killed.
function scenes.xdp_hold(interface)
  local link = assert(open("xdp", interface))
  io.stdout:write(ffi.C.getpid(), "\n")
  io.stdout:flush()
  ffi.C.usleep(20000000)
  return { link ~= nil }
end

-- Two links on one interface.
function scenes.xdp_twice(interface)
  local link = assert(open("xdp", interface))
  local again, failure = open("xdp", interface)
  link.ops.close(link)
  local later = open("xdp", interface)
  if later then later.ops.close(later) end
  return { again = again ~= nil, why = failure and failure.why, later = later ~= nil }
end

-- The links of two workers on an interface with two queues: what each hears of the answers to `each` SYNs, and which way.
function scenes.xdp_workers(interface, destination, port, source, each)
  local guard = assert(suppress(source))
  local route, slices, out = assert(find(destination)), ffi.new("uint16_t[2]", 61000, 61500), ffi.new "struct xdp_program *[1]"
  local all = ffi.new("struct link_config", { interface = interface, port_first = 61000, port_last = 61999, workers = 2 })
  local code = C.link_xdp_share(out, all, slices, why)
  if code ~= 0 then return sentence(code) end
  local links, result = {}, {}
  for i = 1, 2 do
    links[i] = assert(open("xdp", interface, { port_first = slices[i - 1], port_last = slices[i - 1] + 499, worker = i - 1,
                                               workers = 2, program = out[0] }))
  end
  for i = 1, 2 do
    for n = 0, each - 1 do
      -- The first of its ports, and the last of them.
      local from = n % 2 == 0 and slices[i - 1] + n or slices[i - 1] + 500 - n
      assert(send(links[i], route, destination, tonumber(port), { source_port = from }) == 1)
    end
  end
  ffi.C.usleep(100000)
  for i = 1, 2 do
    -- Fewer than there is room for means that no more are there.
    local found = { first = tonumber(links[i].ops.receive(links[i], frames, 8)), heard = 0, foreign = 0, by_socket = 0 }
    for _, answer in ipairs(collect(links[i], 2, each - found.first)) do
      local ours = answer.to >= slices[i - 1] and answer.to < slices[i - 1] + 500
      found.heard = found.heard + (ours and 1 or 0)
      found.foreign = found.foreign + (ours and 0 or 1)
      found.by_socket = found.by_socket + (answer.by_socket and 1 or 0)
    end
    links[i].ops.count(links[i])
    result[i] = found
  end
  result.dropped, result.mode = tonumber(counters.dropped_kernel), ffi.string(C.link_xdp_mode(links[1]))
  local _, failure = open("xdp", interface, { port_first = 61000, port_last = 61099, worker = 2, workers = 3, program = out[0] })
  result.third = failure and failure.why
  for i = 1, 2 do links[i].ops.close(links[i]) end
  C.xdp_program_destroy(out[0])
  C.suppress_close(guard)
  return result
end

-- What the XDP program does with frames ("name hex"), for the addresses given: "ours" or "kernel".
function scenes.xdp_steer(list, ...)
  local out, texts = ffi.new "struct xdp_program *[1]", { ... }
  local addresses = ffi.new("struct address[?]", #texts)
  for i, text in ipairs(texts) do addresses[i - 1] = address(text) end
  local steering = ffi.new("struct xdp_steering", { PORT, 62000, addresses, #texts })
  local code = C.xdp_program_create(out, steering, 1, false, why)
  if code ~= 0 then return sentence(code) end
  local result = {}
  for line in io.lines(list) do
    local name, hex = line:match "^(.*) (%x+)$"
    local bytes = hex:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)
    local run = ffi.new("struct bpf_test_run_opts", { sz = ffi.sizeof "struct bpf_test_run_opts", data_in = bytes,
                                                      data_size_in = #bytes })
    code = C.bpf_prog_test_run_opts(C.xdp_program_handle(out[0]), run)
    assert(code == 0, code)
    result[name] = ({ [1] = "ours", [2] = "kernel" })[run.retval] or run.retval
  end
  C.xdp_program_destroy(out[0])
  return result
end

function scenes.suppress_check(...)
  local guard, failure = suppress(...)
  if not guard then return failure end
  local code = C.suppress_check(guard, why)
  local result = code == 0 and { code = 0, count = tonumber(C.suppress_count(guard)) } or sentence(code)
  local pipe = io.popen "nft list tables"
  result.tables = pipe:read "*a"
  pipe:close()
  result.pid = ffi.C.getpid()
  C.suppress_close(guard)
  return result
end

-- Holds the table, with a child that outlives us, until it is killed.
function scenes.suppress_hold(source)
  local guard = assert(suppress(source))
  local child = io.popen "exec sleep 20"
  io.stdout:write(ffi.C.getpid(), "\n")
  io.stdout:flush()
  ffi.C.usleep(20000000)
  return { guard ~= nil, child ~= nil }
end

-- What still works after root has been given up.
function scenes.privilege(interface, destination, port, source)
  local guard = assert(suppress(source))
  local link = assert(open("ring", interface))
  local route = assert(find(destination))
  local code = C.privilege_drop(nil, why)
  if code ~= 0 then return sentence(code) end
  assert(send(link, route, destination, tonumber(port)) == 1)
  local status = {}
  for line in io.lines "/proc/self/status" do
    local key, value = line:match "^(%w+):%s+(.*)$"
    if key then status[key] = value end
  end
  local answer = collect(link, 1, 1)[1]
  local denied = open("ring", interface)
  return { user = ffi.C.geteuid(), group = ffi.C.getegid(), groups = ffi.C.getgroups(0, nil),
           answer = answer, no_new_privileges = status.NoNewPrivs, capabilities = status.CapPrm,
           count = tonumber(C.suppress_count(guard)), denied = not denied }
end

function scenes.privilege_user(user)
  local code = C.privilege_drop(user, why)
  return { code = code, why = ffi.string(why.text), user = ffi.C.geteuid() }
end

-- A tun interface of ours: what the link sends is read from its other end, and the other way round.
function scenes.tun(kind, name)
  local handle = ffi.C.open("/dev/net/tun", 2)
  if handle < 0 then return { missing = true } end
  local request = ffi.new "uint8_t[40]"
  ffi.copy(request, name)
  request[16], request[17] = 0x01, 0x10 -- IFF_TUN | IFF_NO_PI
  if ffi.C.ioctl(handle, 0x400454ca, request) < 0 then return { missing = true } end
  os.execute("ip addr add 198.18.7.1/24 dev " .. name .. " && ip link set " .. name .. " up")
  local link, failure = open(kind, name)
  if not link then return failure end
  local route, missing = find "198.18.7.2"
  if not route then return missing end
  assert(send(link, route, "198.18.7.2", 80) == 1)
  local read
  repeat -- the kernel may say a word of its own first (router solicitation)
    local length = tonumber(ffi.C.read(handle, buffer, 2048))
    read = length > 9 and buffer[0] == 0x45 and buffer[9] == 6 and length or nil
  until read
  local sent = ffi.string(buffer, read)
  local path = ffi.new "struct packet_path"
  local segment = ffi.new("struct segment", { flags = 18, window_scale = -1, seq = 77 })
  path.layer = C.LINK_RAW_IP
  segment.source.address, segment.source.port = address "198.18.7.2", 80
  segment.destination.address, segment.destination.port = address "198.18.7.1", PORT
  local length = C.packet_write(buffer, 2048, path, segment)
  assert(ffi.C.write(handle, buffer, length) == length)
  local answer = collect(link, 1, 1)[1]
  link.ops.close(link)
  ffi.C.close(handle)
  return { layer = tonumber(route.interface.layer), sent = #sent, answer = answer, mac = mac_text(route.next_hop_mac) }
end

-- The far side: greets whoever connects with 14600 bytes, until it is killed, or for two minutes.
function scenes.serve(port)
  ffi.C.alarm(120)
  local handle = ffi.C.socket(10, 1, 0) -- AF_INET6, and IPv4 with it
  local name = ffi.new("uint8_t[28]", { 10, 0, math.floor(port / 256), port % 256 })
  assert(ffi.C.bind(handle, name, 28) == 0 and ffi.C.listen(handle, 16) == 0)
  io.stdout:write(ffi.C.getpid(), "\n")
  io.stdout:flush()
  local greeting = ("x"):rep(14600)
  while true do
    local connection = ffi.C.accept(handle, nil, nil)
    ffi.C.send(connection, greeting, #greeting, 0x4000) -- MSG_NOSIGNAL
    ffi.C.close(connection)
  end
end

local function dump(value)
  if type(value) ~= "table" then return type(value) == "string" and ("%q"):format(value) or tostring(value) end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = "[" .. dump(key) .. "]=" .. dump(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

io.stdout:write("return ", dump(scenes[arg[1]](unpack(arg, 2))), "\n")
