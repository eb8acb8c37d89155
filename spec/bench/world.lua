-- Measures what the simulated Internet costs: CPU per SYN, to nobody and to what answers it, and per service identified.
-- Run from the project root after make: luajit spec/bench/world.lua
package.path = "engine/lua/?.lua;./?.lua;" .. package.path

local sim = require "spec.support.sim"
local C, ffi, flags = sim.C, sim.ffi, sim.flags

local COUNT = 65536
local BATCH = 64
local ROOM = 256

-- A world with hosts of one kind, whose ports all have one behaviour.
local function make(density, behaviour)
  local network = ffi.new "struct population_network[1]"
  C.address_parse("10.0.0.0", network[0].prefix)
  network[0].prefix_bits, network[0].density, network[0].share_count = 16, density, 1
  network[0].rtt_min_ns, network[0].rtt_max_ns = 1000000, 50000000
  local share, kind = ffi.new "struct population_share[1]", ffi.new "struct population_kind[1]"
  share[0].weight, kind[0].other = 1, behaviour
  local description, why = ffi.new "struct population_description", ffi.new "struct error"
  description.networks, description.network_count = network, 1
  description.shares, description.share_count = share, 1
  description.kinds, description.kind_count = kind, 1
  local population, world = ffi.new "struct population *[1]", ffi.new "struct world *[1]"
  assert(C.population_create(population, description, 1, why) == 0, ffi.string(why.text))
  assert(C.world_create(world, population[0], 1, why) == 0)
  local counters, link = ffi.new "struct counters", ffi.new "struct link *[1]"
  assert(C.world_open_link(link, world[0], 1, counters, why) == 0)
  return link[0], world[0], counters
end

local function frames()
  local all, keep = ffi.new("struct frame[?]", COUNT), {}
  for i = 0, COUNT - 1 do
    local address = ("10.0.%d.%d"):format(math.floor(i / 256), i % 256)
    local frame, bytes = sim.frame(address, 80, { flags = flags.SYN, seq = i, mss = 1460 })
    all[i], keep[i + 1] = frame, bytes
  end
  return all, keep
end

local function measure(name, density, behaviour, all)
  local link, world, counters = make(density, behaviour)
  local got, answers = ffi.new("struct frame[?]", ROOM), 0
  local start = os.clock()
  for _ = 1, 4 do
    for i = 0, COUNT - 1, BATCH do
      assert(link.ops.send(link, all + i, BATCH) == BATCH)
      local till = link.ops.now(link) + 1000000
      repeat
        link.ops.wait(link, till)
        answers = answers + link.ops.receive(link, got, ROOM)
      until link.ops.now(link) >= till
    end
  end
  local seconds = os.clock() - start
  print(("%-28s %7.1f ns per SYN, %d answers"):format(name, seconds / (4 * COUNT) * 1e9, answers))
  link.ops.close(link)
  C.world_destroy(world)
  return counters
end

local all, keep = frames()
measure("nobody there", 0, C.BEHAVIOUR_REFUSE, all)
measure("1% closed ports", 0.01, C.BEHAVIOUR_REFUSE, all)
measure("all closed ports", 1, C.BEHAVIOUR_REFUSE, all)
measure("all SYN-ACK, then silence", 1, C.BEHAVIOUR_NO_ACK, all)
assert(#keep == COUNT)

-- Whole identifications: a web server on every address, each in Lua, asked and named by the scan. Both sides are in the time.
local WORLD = [[
return {
  networks = { { prefix = "198.18.0.0/15", density = 1, hosts = { web = 1 }, rtt = { 0.02, 0.05 } } },
  kinds = { web = { { service = "http", ports = 80 } } },
}
]]
local HOSTS_BITS = 17

-- Seconds of CPU, user and system, that a scan of the prefix takes, and how many services it named.
local function scan(world, prefix)
  local out, times = os.tmpname(), os.tmpname()
  os.execute(("bash -c 'TIMEFORMAT=\"%%U %%S\"; time ./sonde scan %s -p 80 --link sim:%s --seed 1 -q --rate 0 "
    .. "--policy expected -o %s' 2> %s"):format(prefix, world, out, times))
  local file = assert(io.open(times))
  local user, system = file:read("*n", "*n")
  file:close()
  local services = 0
  for line in io.lines(out) do services = services + (line:find('"verdict":"service"', 1, true) and 1 or 0) end
  os.remove(out)
  os.remove(times)
  return user + system, services
end

local world = os.tmpname() .. ".lua"
local file = assert(io.open(world, "w"))
file:write(WORLD)
file:close()
local start = scan(world, "198.18.0.0/32")
local seconds, services = scan(world, "198.18.0.0/" .. HOSTS_BITS)
os.remove(world)
print(("%-28s %7.1f us per host, %.0f services per second of CPU"):format("all web servers, identified",
  (seconds - start) / services * 1e6, services / (seconds - start)))
