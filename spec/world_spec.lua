local sim = require "spec.support.sim"
local world = require "sonde.world"
local C, ffi, flags = sim.C, sim.ffi, sim.flags

local function description(change)
  local t = {
    targets = { "198.18.0.0/24" }, ports = "80",
    networks = { { prefix = "198.18.0.0/24", density = 1, hosts = { a = 1 } } },
    kinds = { a = { { behaviour = "echo", ports = 80 } } },
  }
  if change then change(t, t.networks[1], t.kinds.a) end
  return t
end

-- All hosts are of one kind.
local function one_kind(kind, network)
  return sim.open(description(function(t, n)
    t.kinds.a = kind
    for key, value in pairs(network or {}) do n[key] = value end
  end))
end

local function refused(text, change)
  local form, why = world.compile(description(change), "w.lua")
  assert.is_nil(form)
  assert.equal(text, why)
end

describe("a world's description", function()
  it("is read into a flat form that does not depend on the order of its tables", function()
    local form = assert(world.compile(description(function(t, n, a)
      t.kinds.c, t.kinds.b = {}, { other = "silent", shuns = true }
      n.hosts = { b = 2, a = 1, c = 3 }
      a[1].ports = { [443] = 2, ["8000-8099"] = 1, [80] = 3 }
    end), "w.lua"))
    assert.same({ { 0, 1 }, { 1, 2 }, { 2, 3 } }, form.shares)
    assert.same({ { 80, 80, 3 }, { 443, 443, 2 }, { 8000, 8099, 1 } }, form.ports)
    assert.same({
      { 0, 1, "refuse", "nobody" }, { 1, 0, "silent", "source" }, { 1, 0, "refuse", "nobody" },
    }, form.kinds)
    assert.same({ "a", "b", "c" }, form.kind_names)
    assert.equal("198.18.0.0/24", form.target_text)
  end)

  it("is refused with a sentence that says what and where", function()
    refused("w.lua: unknown key 'network'", function(t) t.network = {} end)
    refused("w.lua: networks[1]: unknown key 'densty'", function(_, n) n.densty = 1 end)
    refused("w.lua: networks[1]: 'density' is a share from 0 to 1, not 2", function(_, n) n.density = 2 end)
    refused("w.lua: networks[1]: 'density' is missing", function(_, n) n.density = nil end)
    refused("w.lua: networks[1]: no kind 'b'", function(_, n) n.hosts = { b = 1 } end)
    refused("w.lua: networks[1]: 'hosts' names no kind", function(_, n) n.hosts = {} end)
    refused("w.lua: networks[1]: a weight is a number above 0, not 0", function(_, n) n.hosts = { a = 0 } end)
    refused("w.lua: networks[1]: 'prefix' is an address, a slash and a number of bits",
      function(_, n) n.prefix = "198.18.0.0" end)
    refused("w.lua: networks[1]: 'rtt' is { shortest, longest } in seconds, up to 60",
      function(_, n) n.rtt = { 0.2, 0.1 } end)
    refused("w.lua: networks[1]: 'loss' is a string, but must be a number", function(_, n) n.loss = "1%" end)
    refused("w.lua: kinds.a[1]: 'chance' is a share from 0 to 1, not -0.5", function(_, _, a) a[1].chance = -0.5 end)
    refused("w.lua: kinds.a[1]: '65536' is no port", function(_, _, a) a[1].ports = 65536 end)
    refused("w.lua: kinds.a[1]: the range 9-8 goes backwards", function(_, _, a) a[1].ports = "9-8" end)
    refused("w.lua: kinds.a[1]: 'ports' names no port", function(_, _, a) a[1].ports = {} end)
    refused("w.lua: kinds.a[1]: a place has either a 'service' or a 'behaviour'",
      function(_, _, a) a[1].service = "http" end)
    refused("w.lua: kinds.a[1]: 'options' are for a service", function(_, _, a) a[1].options = {} end)
    refused("w.lua: kinds.a: no behaviour 'firewall' for 'other'", function(_, _, a) a.other = "firewall" end)
    refused("w.lua: kinds.a: 'shuns' is \"source\", \"port\" or \"all\", not 'none'", function(_, _, a) a.shuns = "none" end)
    refused("w.lua: kinds.a[1]: 'answers.tls' is a share from 0 to 1, not 2", function(_, _, a)
      a[1] = { service = "ssh", ports = 22, answers = { tls = 2 } }
    end)
    refused("w.lua: kinds.a[1]: 'answers' are of a service", function(_, _, a) a[1].answers = {} end)
    refused("w.lua: kinds.a: unknown key 'shun'", function(_, _, a) a.shun = true end)
    refused("w.lua: targets[1] is no address, range or prefix", function(t) t.targets = { "example.com" } end)
    refused("w.lua: networks[2]: is no table", function(t) t.networks[2] = "x" end)
    refused("w.lua: 'networks' is empty", function(t) t.networks = {} end)
  end)

  it("is refused where it cannot be loaded", function()
    local loaded, why = sim.load("nowhere")
    assert.is_nil(loaded)
    assert.is_truthy(why:find("no world 'nowhere'", 1, true), why)
    loaded, why = sim.load("spec/support/worlds/no_server.lua")
    assert.is_nil(loaded)
    assert.equal("spec/support/worlds/no_server.lua: no server 'unheard-of'", why)
    loaded, why = sim.load("spec/support/worlds/no_option.lua")
    assert.is_nil(loaded)
    assert.equal("spec/support/worlds/no_option.lua: the server 'smtp' has no option 'rude'; it has: names, refuses, " ..
      "slow, tls", why)
    loaded, why = sim.load("spec/support/worlds/overlap.lua")
    assert.is_nil(loaded)
    assert.is_truthy(why:find("198.18.0.0 lies within another one", 1, true), why)
  end)
end)

-- What a scanner sees of a port: the verdict it would come to, by the evidence alone.
local function observe(link, address, port)
  local r = link:talk(address, port, "hello", 9)
  if r.refused then return "refuse" end
  if not r.opened then return "drop" end
  if r.reset_payload and r.reset_payload ~= "" then return "big_ip" end
  if r.syn_acks > 1 then return "half_open" end
  if r.syn_ack.window == 3 then return "tarpit" end
  if r.syn_ack.window == 0 then return r.window == 0 and "zero_window" or "slow_window" end
  if r.data == "hello" then return "echo" end
  local acked = r.acked >= 5 and "_after_ack" or "_before_ack"
  if r.reset then return "reset" .. acked end
  if r.finished then return "close" .. acked end
  return r.acked >= 5 and "silent" or "no_ack"
end

describe("a world", function()
  it("shows every behaviour on the wire as it is in truth", function()
    local names, places = {}, {}
    for i = C.BEHAVIOUR_DROP, C.BEHAVIOUR_COUNT - 1 do
      local name = ffi.string(C.behaviour_name(i))
      if name ~= "serve" then
        names[#names + 1] = name
        places[#names] = { behaviour = name, ports = 1000 + #names }
      end
    end
    local link = one_kind(places)
    for i, name in ipairs(names) do
      local truth = C.world_truth(link.world, sim.endpoint("198.18.0.5", 1000 + i))
      assert.equal(name, ffi.string(C.behaviour_name(truth.tenant.behaviour)))
      assert.equal(name, observe(link, "198.18.0.5", 1000 + i))
    end
    assert.equal(0, tonumber(link.counters.dropped_kernel))
    link:close()
  end)

  it("is silent where nobody lives, inside its networks and outside", function()
    local link = one_kind({ other = "echo" }, { density = 0.5 })
    local silent = 0
    for i = 0, 255 do
      local address = "198.18.0." .. i
      local exists = C.world_truth(link.world, sim.endpoint(address, 9)).exists
      link:send(address, 9, { flags = flags.SYN, seq = i, from = 30000 + i })
      if not exists then silent = silent + 1 end
    end
    link:send("198.19.0.1", 9, { flags = flags.SYN, from = 50000 })
    assert.equal(128, silent)
    local answers = link:collect(5)
    assert.equal(128, #answers)
    for _, s in ipairs(answers) do
      assert.is_true(C.world_truth(link.world, sim.endpoint(s.address, 9)).exists)
    end
    link:close()
  end)

  it("answers after the host's own delay, the near ones first", function()
    local link = one_kind({ other = "refuse" }, { rtt = { 0.01, 0.3 } })
    for i = 0, 255 do link:send("198.18.0." .. i, 9, { flags = flags.SYN, from = 30000 + i }) end
    local start, last, resident = link:now(), 0, ffi.new "struct resident"
    local population = C.world_population(link.world)
    for _, s in ipairs(link:collect(1)) do
      C.population_find(population, sim.endpoint(s.address, 0).address, resident)
      local delay = tonumber(C.population_path(population, resident, 0).delay_ns) / 1e9
      assert.is_true(math.abs(s.time - start - delay) < 1e-9)
      assert.is_true(s.time >= last)
      last = s.time
    end
    link:close()
  end)

  it("loses the share of frames its network loses, both ways", function()
    local link = one_kind({ other = "refuse" }, { loss = 0.2 })
    local count = 20000
    for i = 1, count do
      link:send("198.18.0." .. i % 256, 9, { flags = flags.SYN, from = 1024 + i })
      if i % 500 == 0 then link:collect(0) end
    end
    local got = #link:collect(2)
    assert.equal(0, tonumber(link.counters.dropped_kernel))
    local share = 0.8 * 0.8
    assert.is_true(math.abs(got - count * share) < 3 * math.sqrt(count * share * (1 - share)), got)
    link:close()
  end)

  it("shuns a source after one connection, on all ports, and no other source", function()
    local link = one_kind { { behaviour = "echo", ports = "1-1000" }, { behaviour = "echo", ports = 2000 }, shuns = true }
    local port
    for candidate = 1, 1000 do
      if link:talk("198.18.0.9", candidate, "hi", 1, 41000 + candidate).opened then port = candidate break end
    end
    assert.is_number(port)
    assert.is_nil(link:talk("198.18.0.9", port, "hi", 2, 50001).opened)
    assert.is_nil(link:talk("198.18.0.9", 2000, "hi", 2, 50002).opened)
    assert.is_nil(link:talk("198.18.0.9", 3000, "hi", 2, 50003).refused)
    link:send("198.18.0.9", 2000, { flags = flags.SYN, source = "192.0.2.2" })
    assert.equal(1, #link:collect(2))
    -- The connection that was answered still is.
    link:send("198.18.0.9", port, { flags = flags.SYN, seq = 1000, from = 41000 + port })
    assert.equal(1, #link:collect(2))
    link:close()
  end)

  it("ignores frames that are none of its business", function()
    local link = one_kind { other = "echo" }
    local frame, bytes = sim.frame("198.18.0.1", 80, { flags = flags.SYN })
    bytes[30] = bit.bxor(bytes[30], 1) -- wrong checksum
    link.link.ops.send(link.link, frame, 1)
    for length = 0, 40 do
      frame.length = length
      link.link.ops.send(link.link, frame, 1)
    end
    local noise = ffi.new("uint8_t[64]")
    for i = 0, 63 do noise[i] = i * 37 % 251 end
    frame.data, frame.length = noise, 64
    link.link.ops.send(link.link, frame, 1)
    assert.same({}, link:collect(10))
    link:close()
  end)
end)

-- Everything a short scan of the demo world gets back, byte for byte, with its time.
local function transcript(seed)
  local link, out = assert(sim.load("demo", seed)), {}
  local function take(list)
    for _, s in ipairs(list) do
      out[#out + 1] = ("%.9f %s"):format(s.time, s.bytes)
      if bit.band(s.flags, flags.SYN) ~= 0 then
        link:send(s.address, s.port, { flags = flags.ACK, seq = 2, ack = s.seq + 1, from = s.to, payload = "HELP\r\n\r\n" })
      end
    end
  end
  for i = 0, 511 do
    for n, port in ipairs { 22, 80, 443, 3306 } do
      local address = ("198.18.128.%d"):format(i % 256)
      link:send(address, port, { flags = flags.SYN, seq = 1, from = 20000 + 4 * i + n })
    end
    take(link:collect(0.01))
  end
  take(link:collect(3))
  assert.equal(0, C.lua_world_errors(link.world), ffi.string(C.lua_world_first_error(link.world)))
  link:close()
  return table.concat(out, "\n"), #out
end

describe("the demo world", function()
  it("says the same bytes at the same times for the same seed, and others for another", function()
    local first, count = transcript(11)
    assert.is_true(count > 1000)
    assert.is_true(first == transcript(11))
    assert.is_false(first == transcript(12))
  end)

  it("names targets and ports to scan", function()
    local link = assert(sim.load("demo", 1))
    assert.is_truthy(ffi.string(C.lua_world_targets(link.world)):find("198.18.0.0/22", 1, true))
    assert.is_truthy(ffi.string(C.lua_world_ports(link.world)):find("443", 1, true))
    link:close()
  end)

  it("has services on assigned and on other ports, in both families, and every middlebox", function()
    local link, seen, unexpected, sixth = assert(sim.load("demo", 1)), {}, 0, 0
    local function look(address, port, assigned)
      local truth = sim.truth(link.world, address, port)
      seen[truth.service or truth.behaviour] = true
      if truth.service and truth.service ~= assigned then unexpected = unexpected + 1 end
      return truth.service
    end
    local ports = { [80] = "http", [443] = "tls", [22] = "ssh", [25] = "smtp", [8000] = "", [8080] = "", [1723] = "pptp",
      [5900] = "vnc", [6379] = "redis", [11211] = "memcached", [554] = "rtsp", [1883] = "mqtt", [5672] = "amqp",
      [8443] = "", [23] = "telnet", [21] = "ftp", [110] = "pop3", [143] = "imap", [3306] = "mysql",
      [5432] = "postgres", [53] = "dns" }
    for port, assigned in pairs(ports) do
      for i = 0, 255 do
        for _, prefix in ipairs { "198.18.0.", "198.18.128.", "198.19.0.", "198.19.128.", "198.19.192." } do
          look(prefix .. i, port, assigned)
        end
        if look(("2001:db8:1::%x"):format(i), port, assigned) then sixth = sixth + 1 end
      end
    end
    for _, name in ipairs { "http", "tls", "ssh", "ftp", "smtp", "pop3", "imap", "telnet", "mysql", "postgres", "redis",
      "memcached", "dns", "vnc", "mqtt", "amqp", "rtsp", "pptp", "nobody", "drop", "refuse", "no_ack", "half_open",
      "zero_window", "slow_window", "reset_before_ack", "reset_after_ack", "close_before_ack", "close_after_ack",
      "silent", "echo", "tarpit", "big_ip" } do
      assert.is_true(seen[name], name)
    end
    assert.is_true(unexpected > 100)
    assert.is_true(sixth > 100)
    link:close()
  end)
end)
