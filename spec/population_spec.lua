local sim = require "spec.support.sim"
local C, ffi = sim.C, sim.ffi

local KINDS = {
  web = {
    { behaviour = "echo", chance = 0.5, ports = 80 },
    { behaviour = "silent", chance = 0.3, ports = { [443] = 8, [8443] = 1, ["9000-9099"] = 1 } },
  },
  wall = { other = "silent" },
  away = { other = "drop", shuns = true },
}

local function network(prefix, more)
  local t = { prefix = prefix, density = 0.25, hosts = { web = 6, wall = 3, away = 1 } }
  for key, value in pairs(more or {}) do t[key] = value end
  return t
end

local function make(networks, seed)
  return assert(sim.population({ networks = networks, kinds = KINDS }, seed))
end

-- Calls visit(resident, address) for each host of an IPv4 /16.
local function each_host(population, first, visit)
  local resident, endpoint = ffi.new "struct resident", sim.endpoint(first, 0)
  for i = 0, 65535 do
    endpoint.address.bytes[2], endpoint.address.bytes[3] = math.floor(i / 256), i % 256
    if C.population_find(population, endpoint.address, resident) then visit(resident, endpoint.address) end
  end
end

local function behaviour(population, resident, port)
  return ffi.string(C.behaviour_name(C.population_port(population, resident, port).behaviour))
end

local NAMES = { [0] = "away", "wall", "web" } -- kinds are numbered by name

local function near(expected, got, sigma)
  assert.is_true(math.abs(expected - got) <= 3 * sigma, ("%g, expected %g"):format(got, expected))
end

describe("population", function()
  it("has exactly the hosts and kinds its description says", function()
    local population, count = make { network("10.0.0.0/16") }, { away = 0, wall = 0, web = 0 }
    each_host(population, "10.0.0.0", function(resident)
      local name = NAMES[resident.kind]
      count[name] = count[name] + 1
    end)
    assert.same({ away = 1638, wall = 4916, web = 9830 }, count) -- of 16384, in tenths: 1, 3, 6
    C.population_destroy(population)
  end)

  it("puts a place on every one of its ports, as often as its chance says", function()
    local kinds = { host = { { behaviour = "echo", chance = 0.25, ports = "1000-1003", every = true },
      { behaviour = "silent", chance = 0.001, ports = { ["2000-2009"] = 1, ["3000-3009"] = 1 }, every = true } } }
    local population = assert(sim.population({
      networks = { { prefix = "10.0.0.0/16", density = 100 / 65536, hosts = { host = 1 } } }, kinds = kinds,
    }, 1))
    local echoes, silent, hosts_with_two = { 0, 0, 0, 0 }, 0, 0
    each_host(population, "10.0.0.0", function(resident)
      local here = 0
      for i = 1, 4 do
        if behaviour(population, resident, 999 + i) == "echo" then echoes[i], here = echoes[i] + 1, here + 1 end
      end
      if here >= 2 then hosts_with_two = hosts_with_two + 1 end
      for i = 0, 9 do
        if behaviour(population, resident, 2000 + i) == "silent" then silent = silent + 1 end
        if behaviour(population, resident, 3000 + i) == "silent" then silent = silent + 1 end
      end
      assert.equal("refuse", behaviour(population, resident, 1004))
    end)
    assert.same({ 25, 25, 25, 25 }, echoes)
    assert.equal(2, silent) -- 20 ports with a tenth of a host each
    assert.is_true(hosts_with_two > 10 and hosts_with_two < 45, hosts_with_two) -- not the same hosts on each port
    C.population_destroy(population)
  end)

  it("gives places and ports their exact shares", function()
    local population = make { network("10.0.0.0/16", { hosts = { web = 1 } }) }
    local count, range = { echo = 0, both = 0, [443] = 0, [8443] = 0 }, 0
    each_host(population, "10.0.0.0", function(resident)
      local echo = behaviour(population, resident, 80) == "echo"
      if echo then count.echo = count.echo + 1 end
      for _, port in ipairs { 443, 8443 } do
        if behaviour(population, resident, port) == "silent" then
          count[port] = count[port] + 1
          if echo and port == 443 then count.both = count.both + 1 end
        end
      end
      for port = 9000, 9099 do
        if C.population_port(population, resident, port).behaviour == C.BEHAVIOUR_SILENT then range = range + 1 end
      end
      assert.equal("refuse", behaviour(population, resident, 8999))
    end)
    local hosts = 16384
    assert.equal(hosts * 0.5, count.echo)
    near(hosts * 0.3 * 0.8, count[443], math.sqrt(hosts * 0.3 * 0.8 * 0.2))
    near(hosts * 0.3 * 0.1, count[8443], math.sqrt(hosts * 0.3 * 0.1 * 0.9))
    near(hosts * 0.3 * 0.1, range, math.sqrt(hosts * 0.3 * 0.1 * 0.9))
    assert.is_true(math.abs(count[443] + count[8443] + range - hosts * 0.3) <= 1)
    near(count[443] * 0.5, count.both, math.sqrt(count[443] * 0.25)) -- one place says nothing about another
    C.population_destroy(population)
  end)

  it("spreads hosts over the network, unlike in neighbours and other networks", function()
    local population = make { network("10.0.0.0/16"), network("10.1.0.0/16") }
    local quarters, first, both = { 0, 0, 0, 0 }, {}, 0
    each_host(population, "10.0.0.0", function(_, address)
      local quarter = math.floor(address.bytes[2] / 64) + 1
      quarters[quarter] = quarters[quarter] + 1
      first[address.bytes[2] * 256 + address.bytes[3]] = true
    end)
    each_host(population, "10.1.0.0", function(_, address)
      if first[address.bytes[2] * 256 + address.bytes[3]] then both = both + 1 end
    end)
    for _, got in ipairs(quarters) do near(4096, got, math.sqrt(16384 * 0.25 * 0.75)) end
    near(4096, both, math.sqrt(65536 / 16 * 15 / 16))
    local pairs_of_neighbours = 0
    for i = 0, 65534 do pairs_of_neighbours = pairs_of_neighbours + (first[i] and first[i + 1] and 1 or 0) end
    near(4096, pairs_of_neighbours, math.sqrt(65536 / 16 * 15 / 16))
    C.population_destroy(population)
  end)

  it("is the same for the same seed, another one for another", function()
    local function picture(seed)
      local population, text = make({ network("10.0.0.0/16") }, seed), {}
      each_host(population, "10.0.0.0", function(resident, address)
        local path = C.population_path(population, resident, 0)
        text[#text + 1] = ("%d.%d %d %s %d"):format(address.bytes[2], address.bytes[3], resident.kind,
          behaviour(population, resident, 443), tonumber(path.delay_ns))
      end)
      C.population_destroy(population)
      return table.concat(text, "\n")
    end
    assert.equal(picture(3), picture(3))
    assert.are_not.equal(picture(3), picture(4))
  end)

  it("draws delays within their range, short ones more often", function()
    local population = make { network("10.0.0.0/16", { rtt = { 0.02, 0.3 }, loss = 0.25 }) }
    local least, most, sum, count = 1, 0, 0, 0
    each_host(population, "10.0.0.0", function(resident)
      local path = C.population_path(population, resident, 0)
      local delay = tonumber(path.delay_ns) / 1e9
      least, most, sum, count = math.min(least, delay), math.max(most, delay), sum + delay, count + 1
      assert.equal(2 ^ 30, path.loss)
    end)
    assert.is_true(least >= 0.02 and least < 0.0201)
    assert.is_true(most <= 0.3 and most > 0.29)
    near(0.02 + 0.28 / 3, sum / count, 0.28 * 0.298 / math.sqrt(count))
    C.population_destroy(population)
  end)

  it("lets delays wander within the jitter, never so that a frame overtakes another", function()
    local population = make { network("10.0.0.0/16", { rtt = { 0.1, 0.1 }, jitter = 0.02, hosts = { wall = 1 } }) }
    local hosts, least, most, differ = 0, 1, 0, 0
    each_host(population, "10.0.0.0", function(resident)
      hosts = hosts + 1
      if hosts > 50 then return end
      local last, first = 0, nil
      for step = 0, 300 do
        local now = 1e9 + step * 1e6
        local delay = tonumber(C.population_path(population, resident, now).delay_ns)
        assert.is_true(now + delay > last)
        last, first = now + delay, first or delay
        least, most = math.min(least, delay / 1e9), math.max(most, delay / 1e9)
      end
      if math.abs(first - 110e6) > 1e6 then differ = differ + 1 end
    end)
    assert.is_true(least >= 0.1 and least < 0.101 and most <= 0.12 and most > 0.119)
    assert.is_true(differ > 30) -- each host in its own time
    C.population_destroy(population)
  end)

  it("knows shunning kinds, and IPv6 networks", function()
    local population = make { network("2001:db8::1:0/112", { density = 1, hosts = { away = 1 } }) }
    local resident = ffi.new "struct resident"
    assert.is_true(C.population_find(population, sim.endpoint("2001:db8::1:ffff", 0).address, resident))
    assert.equal(C.SHUN_SOURCE, C.population_shuns(population, resident))
    assert.equal("drop", behaviour(population, resident, 80))
    for _, address in ipairs { "2001:db8::2:0", "2001:db8::ffff", "2001:db9::1:1", "10.0.0.1" } do
      assert.is_false(C.population_find(population, sim.endpoint(address, 0).address, resident), address)
    end
    C.population_destroy(population)
  end)

  it("holds worlds of 2^32 addresses, and of one", function()
    local population = make { network("0.0.0.0/0", { density = 1e-5 }) }
    local resident, found = ffi.new "struct resident", 0
    local endpoint = sim.endpoint("0.0.0.0", 0)
    for i = 0, 2 ^ 20 - 1 do
      local value = i * 4096
      for byte = 0, 3 do endpoint.address.bytes[byte] = math.floor(value / 256 ^ (3 - byte)) % 256 end
      if C.population_find(population, endpoint.address, resident) then found = found + 1 end
    end
    near(2 ^ 20 * 1e-5, found, math.sqrt(10))
    C.population_destroy(population)
    population = make { network("10.0.0.7/32", { density = 1, hosts = { wall = 1 } }) }
    assert.is_true(C.population_find(population, sim.endpoint("10.0.0.7", 0).address, resident))
    assert.is_false(C.population_find(population, sim.endpoint("10.0.0.6", 0).address, resident))
    C.population_destroy(population)
  end)

  it("gives every host a share of its own for each purpose, evenly", function()
    local population, seen, differ = make { network("10.0.0.0/16", { hosts = { wall = 1 } }) }, {}, 0
    each_host(population, "10.0.0.0", function(resident)
      local share = C.population_draw(population, resident, 42)
      local slot = math.floor(share * 16384)
      assert.is_nil(seen[slot])
      seen[slot] = true
      if math.abs(share - C.population_draw(population, resident, 43)) > 0.01 then differ = differ + 1 end
    end)
    assert.equal(16384, #seen + 1)
    assert.is_true(differ > 15900)
    C.population_destroy(population)
  end)

  it("refuses what cannot be, with a sentence", function()
    local function refused(networks, text)
      local population, why = sim.population { networks = networks, kinds = KINDS }
      assert.is_nil(population)
      assert.is_truthy(why:find(text, 1, true), why)
    end
    refused({ network("10.0.0.0/16"), network("10.0.128.0/17") }, "10.0.128.0 lies within another")
    refused({ network("10.0.0.0/16"), network("10.0.0.0/16") }, "10.0.0.0 lies within another")
    refused({ network("10.0.0.1/16") }, "10.0.0.1/16: the address has bits set behind the prefix")
    refused({ network("2001:db8::/64") }, "an IPv6 network is a /96 or longer")
    refused({ network("10.0.0.0/33") }, "10.0.0.0/33")
  end)
end)
