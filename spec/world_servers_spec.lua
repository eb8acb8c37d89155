local sim = require "spec.support.sim"
local world_host = require "sonde.world_host"
local make_noise = require "spec.support.noise"
local C, ffi = sim.C, sim.ffi

local WORLD = "spec/support/worlds/servers.lua"

local SERVICES = {
  "http", "tls", "ssh", "ftp", "smtp", "pop3", "imap", "telnet", "mysql", "postgres", "redis", "memcached", "dns",
  "vnc", "mqtt", "amqp", "rtsp", "pptp",
}

local GET = "GET / HTTP/1.1\r\nHost: 198.18.0.1\r\nConnection: close\r\n\r\n"

-- A ClientHello with two suites; `extensions` as bytes.
local function client_hello(extensions)
  local wire = require "sonde.wire"
  local body = wire.pack(">I2 c32 s1 s2 s1 s2", 0x303, ("r"):rep(32), "", "\19\1\192\47", "\0", extensions or "")
  return wire.pack(">B I2 s2", 22, 0x301, wire.pack(">B s3", 1, body))
end

local VERSIONS_13 = "\0\43\0\3\2\3\4"
local SHARE = "\0\51\0\38\0\36\0\29\0\32" .. ("k"):rep(32)
local PPTP = "\0\156\0\1\26\43\60\77\0\1\0\0\1\0" .. ("\0"):rep(142)
local VERSION_BIND = "\0\30\18\52\1\0\0\1\0\0\0\0\0\0\7version\4bind\0\0\16\0\3"

-- What a client of the right kind says, and what every answer must look like.
local ASKS = {
  http = { GET, "^HTTP/1%.[01] %d%d%d [%a ]+\r\n" },
  tls = { client_hello(VERSIONS_13 .. SHARE), "^[\21\22]\3[\1-\3]" },
  ssh = { "SSH-2.0-x\r\n", "^SSH%-%d%.%d+%-%S+.*\r\n" },
  ftp = { nil, "^%d%d%d[ -].*\r\n$" },
  smtp = { nil, "^[25]%d%d [^\r\n]+\r\n$" },
  pop3 = { nil, "^[+-]%u+ ?[^\r\n]*\r\n$" },
  imap = { nil, "^%* %u+ [^\r\n]*\r\n$" },
  telnet = { nil, "^[\255\r\n%w]" },
  mysql = { nil, "^..%z%z[\10\255]" },
  postgres = { "\0\0\0\19\0\3\0\0user\0probe\0\0", "^[RE]%z%z" },
  redis = { "*1\r\n$4\r\nPING\r\n", "^[+-]%u+" },
  memcached = { "version\r\n", "^VERSION %d+%.%d+%.%d+\r\n$" },
  dns = { VERSION_BIND, "^%z.\18\52[\128-\255]" },
  vnc = { nil, "^RFB %d%d%d%.%d%d%d\n$" },
  mqtt = { "\16\16\0\4MQTT\4\2\0\60\0\4test", "^\32\2%z[%z\4\5]$" },
  amqp = { "AMQP\0\0\9\1", "^\1%z%z.-\206$" },
  rtsp = { "OPTIONS rtsp://198.18.0.1/ RTSP/1.0\r\nCSeq: 7\r\n\r\n", "^RTSP/1%.0 200 OK\r\nCSeq: 7\r\n" },
  pptp = { PPTP, "^\0\156\0\1\26\43\60\77\0\2" },
}
-- How many different answers 60 hosts give at least.
local VARIETY = { http = 20, tls = 20, ssh = 15, ftp = 7, smtp = 30, pop3 = 5, imap = 4, telnet = 8, mysql = 10, postgres = 2,
  redis = 2, memcached = 5, dns = 4, vnc = 4, mqtt = 3, amqp = 4, rtsp = 4, pptp = 4 }

local function assert_no_errors(link)
  assert.equal(0, C.lua_world_errors(link.world), ffi.string(C.lua_world_first_error(link.world)))
end

-- Ends every connection by its deadline, and sees that none is left.
local function assert_all_ended(link)
  link:collect(200)
  assert.equal(0, C.lua_world_connections(link.world))
  assert_no_errors(link)
end

describe("servers of worlds", function()
  local link
  before_each(function() link = assert(sim.load(WORLD, 5)) end)
  after_each(function() link:close() end)

  -- To the n-th host of a service.
  local function talk(service, host, data, seconds)
    for n, name in ipairs(SERVICES) do
      if name == service then
        link.from = (link.from or 20000) % 60000 + 1
        return link:talk(("198.18.%d.%d"):format(n, host), 1000 + n, data, seconds or 15, link.from)
      end
    end
  end

  for _, service in ipairs(SERVICES) do
    it("answer their own protocol, in variety: " .. service, function()
      local seen, count = {}, 0
      for host = 0, 59 do
        local r = talk(service, host, ASKS[service][1])
        assert.is_true(r.opened)
        local whole = r.data
        assert.is_truthy(whole:find(ASKS[service][2]), ("%s: %q"):format(service, whole))
        if not seen[whole] then seen[whole], count = true, count + 1 end
      end
      assert.is_true(count >= VARIETY[service], count .. " answers")
      assert_all_ended(link)
    end)
  end

  it("are steady: a host says the same of itself on every connection", function()
    for host = 0, 19 do
      assert.equal(talk("ssh", host).data, talk("ssh", host).data)
      assert.equal(talk("http", host, GET).data, talk("http", host, GET).data)
    end
    local salts = {}
    for host = 0, 9 do
      for _ = 1, 2 do salts[talk("postgres", host, ASKS.postgres[1]).data] = true end
    end
    local count = 0
    for _ in pairs(salts) do count = count + 1 end
    assert.is_true(count > 3) -- but what has to be fresh is
    assert_all_ended(link)
  end)

  it("react to the wrong handshake as their kind does", function()
    local function answers(service, data)
      local result = { answered = 0, closed = 0, reset = 0, silent = 0 }
      for host = 0, 29 do
        local r = talk(service, host, data)
        local what = r.data ~= "" and "answered" or r.reset and "reset" or r.finished and "closed" or "silent"
        result[what] = result[what] + 1
      end
      return result
    end
    assert.equal(30, answers("ssh", GET).answered)
    assert.equal(30, answers("amqp", GET).answered)
    assert.equal(30, answers("vnc", "\r\n\r\n").answered)
    assert.equal(30, answers("memcached", "\r\n\r\n").answered)
    assert.equal(30, answers("postgres", GET).closed)
    assert.equal(30, answers("dns", GET).silent)
    assert.equal(30, answers("http", nil).silent)
    assert.equal(30, answers("tls", nil).silent)
    local mqtt = answers("mqtt", GET)
    assert.is_true(mqtt.closed > 10 and mqtt.reset > 3 and mqtt.closed + mqtt.reset == 30)
    local tls = answers("tls", GET)
    assert.is_true(tls.answered > 10 and tls.closed > 1 and tls.reset > 0)
    local http = answers("http", client_hello())
    assert.is_true(http.answered > 15 and http.reset > 0 and http.answered + http.reset == 30)
    local redis = answers("redis", "\r\n\r\n")
    assert.is_true(redis.silent > 20 and redis.answered > 0)
    assert_all_ended(link)
  end)

  it("say what is wrong in their own words", function()
    local function says(service, data, pattern)
      for host = 0, 59 do
        if talk(service, host, data).data:find(pattern) then return true end
      end
      return false
    end
    assert.is_true(says("smtp", GET, "221 2%.7%.0 Error: I can break rules, too"))
    assert.is_true(says("ssh", GET, "Invalid SSH identification string"))
    assert.is_true(says("tls", GET, "^HTTP/1%.1 400 Bad Request"))
    assert.is_true(says("tls", "hello\r\n", "^\21\3\1%z\2\2\10"))
    assert.is_true(says("tls", client_hello(), "^\22\3\3"))
    assert.is_true(says("http", client_hello(), "^HTTP/1%.1 400 "))
    assert.is_true(says("redis", "*1\r\n$4\r\nPING\r\n", "%-NOAUTH"))
    assert.is_true(says("redis", "INFO\r\n", "redis_version:"))
    assert.is_true(says("redis", nil, "%-DENIED"))
    assert.is_true(says("memcached", GET, "^ERROR\r\n"))
    assert.is_true(says("memcached", "\128\11" .. ("\0"):rep(22), "^\129\11"))
    assert.is_true(says("mysql", GET, "Got packets out of order"))
    assert.is_true(says("mysql", nil, "Host '192%.0%.2%.1' is not allowed to connect"))
    assert.is_true(says("postgres", "\0\0\0\8\4\210\22\47", "^[SN]$"))
    assert.is_true(says("postgres", "\0\0\0\8\0\9\0\0", "unsupported frontend protocol 9%.0"))
    assert.is_true(says("dns", "\0\12\18\52\1\0\0\0\0\0\0\0\0\0", "^\0\12\18\52\129?.*\1"))
    assert.is_true(says("vnc", "RFB 003.008\n", "RFB 003%.008\n[\1\2]"))
    assert.is_true(says("vnc", "RFB 003.008\n", "Too many security failures"))
    assert.is_true(says("imap", "a1 CAPABILITY\r\n", "a1 OK "))
    assert.is_true(says("pop3", "CAPA\r\n", "\r\nSTLS\r\n"))
    assert.is_true(says("ftp", "FEAT\r\n", "211%-Features"))
    assert.is_true(says("telnet", "\255\252\24\r\n", "Debian GNU/Linux 12"))
    assert.is_true(says("rtsp", GET, "RTSP/1%.0 400 Bad Request"))
    assert_no_errors(link)
  end)

  it("take anything a stranger sends, and come to an end", function()
    local noise = make_noise()
    for _, service in ipairs(SERVICES) do
      local ask = ASKS[service][1] or "x"
      for host = 0, 3 do
        for _, data in ipairs { noise(1), noise(40), noise(1200), ask:sub(1, math.floor(#ask / 2)), ask .. ask, ask .. noise(300),
          ("\255"):rep(64), ("\0"):rep(64), ("\r\n"):rep(50), ("A"):rep(1300) } do
          assert.is_true(talk(service, host, data, 3).opened)
        end
      end
    end
    assert_all_ended(link)
  end)

  it("end when the client goes away in the middle", function()
    for n = 1, #SERVICES do
      local address, port = ("198.18.%d.77"):format(n), 1000 + n
      link:send(address, port, { flags = sim.flags.SYN, seq = 1, from = 5000 })
      local syn_ack = link:collect(1)[1]
      link:send(address, port, { flags = sim.flags.ACK, seq = 2, ack = syn_ack.seq + 1, from = 5000 })
      link:collect(0.1)
    end
    assert.is_true(C.lua_world_connections(link.world) > 10) -- nobody tells them
    assert_all_ended(link)
  end)
end)

describe("a server's options", function()
  it("are shares of the hosts, exact in each network", function()
    local link, refused, strangers = assert(sim.load("spec/support/worlds/options.lua", 2)), 0, 0
    for i = 0, 255 do
      local address = "198.18.0." .. i
      if link:talk(address, 25, nil, 1, 10000 + i).data:find "^554 " then refused = refused + 1 end
      if link:talk(address, 3306, nil, 1, 20000 + i).data:find "is not allowed to connect" then strangers = strangers + 1 end
    end
    assert.equal(64, refused)
    assert.equal(256, strangers)
    assert_no_errors(link)
    link:close()
  end)
end)

describe("a world's host", function()
  local draws = { ["t/a"] = 0.35, ["t/b"] = 0.999, ["host number"] = 0.5 }
  local function host()
    return world_host.new({ service = "t", options = {} }, "198.18.0.1", 80, function(_, purpose)
      return draws[purpose] or 0.01
    end)
  end

  it("chooses by weight", function()
    assert.equal("x", host():choose("a", { { "x", weight = 4 }, { "y", weight = 6 } }))
    assert.equal("y", host():choose("a", { { "x", weight = 3 }, { "y", weight = 7 } }))
    assert.equal("z", host():choose("b", { "x", "y", "z" }))
    assert.same({ weight = 1, name = "n" }, host():choose("b", { "x", { weight = 1, name = "n" } }))
  end)

  it("draws numbers, chances and names", function()
    assert.equal(3, host():number("a", 0, 9))
    assert.equal(9, host():number("b", 0, 9))
    assert.is_true(host():chance("a", 0.36))
    assert.is_false(host():chance("a", 0.35))
    assert.equal("www20.kestrel.example", host():name())
    assert.equal(6, #host():hex("q", 3))
  end)

  it("writes dates as HTTP does", function()
    local function date(share)
      draws["t/date"], draws.date = nil, share
      return host():date()
    end
    assert.equal("Thu, 01 Jan 2026 00:00:00 GMT", date(0))
    assert.equal("Thu, 31 Dec 2026 12:00:00 GMT", date(364.5 / 365))
    assert.equal("Sun, 01 Mar 2026 00:00:00 GMT", date(59 / 365))
  end)
end)
