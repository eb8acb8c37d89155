-- target.lua and what policies are given, on connections made of tables.
local target = require "sonde.target"

-- A connection on which `answer` comes as soon as a handshake begins; what is sent is counted.
local function new_conn(answer, facts)
  local conn = { answer = answer or "", read = 0, sent = 0, seconds = {}, facts = facts or {} }
  function conn:send(bytes) self.sent = self.sent + #bytes end
  function conn:receive_some()
    if self.first_only and #self.answer > 0 then error({ outcome = "answered" }, 0) end
    if #self.answer == 0 then error({ outcome = self.facts.deaf and "no_ack" or "timeout" }, 0) end
    return self.answer
  end
  return conn
end

local primitives = {
  facts = function(conn)
    local acked = conn.sent > 0 and not conn.facts.deaf
    return acked, 3, 2, 200, 100, 0.1, conn.sent, conn.timeout and #conn.answer or 0, 1000
  end,
  behaviour = function(conn) return unpack(conn.facts.behaviour or { 0 }, 1, 4) end,
  sleep = function(conn, seconds)
    conn.slept = seconds
    if conn.pauses then table.insert(conn.pauses, seconds) end
    if conn.facts.wakes then conn.facts.deaf = false end
  end,
  persist = function(conn, retries) conn.retries = retries end,
  state = function(conn) return conn.facts.state end,
  data = function(conn, most) return conn.answer:sub(1, most) end,
  said = function(conn) return ("x"):rep(conn.sent) end,
  unread = function(conn) return #conn.answer end,
  linger = function(conn, count, seconds)
    conn.seconds[#conn.seconds + 1] = seconds
    local more = table.remove(conn.facts.more or {}, 1)
    if not more then return count - 1 end
    conn.answer = conn.answer .. more
    return #conn.answer
  end,
  begin = function(conn, seconds, first_only, name)
    conn.timeout, conn.first_only = seconds, first_only
    if conn.facts.lacks == name then return nil, "filtered" end
    return true
  end,
  endpoints = function() return "192.0.2.1", 80, "192.0.2.9", 61000 end,
  trace = function() end,
  set = function(conn, name, value) conn[name] = value end,
  syn_ack = function(conn) return conn.facts.syn_ack or { window = 1000 } end,
  reset_payload = function(conn) return conn.facts.reset_payload end,
  tls = function() end,
  close = function(conn) conn.ended = "close" end,
  abort = function(conn) conn.ended = "abort" end,
}

local function array(list) return list end

local protocols = {
  wait = { name = "wait", first = "server", fields = {}, timeout = 5, handshake = function(conn) conn:receive_some() end },
  http = {
    name = "http", first = "client", fields = { server = "name" }, timeout = 7,
    handshake = function(conn, record)
      conn:send "GET /"
      record.server = "taken by " .. #conn:receive_some()
    end,
  },
  ssh = {
    name = "ssh", first = "server", fields = { banner = "line" }, timeout = 5,
    handshake = function(conn, record)
      record.banner = conn:receive_some()
      conn:send "SSH-2.0-x"
    end,
  },
  parrot = {
    name = "parrot", first = "client", fields = {}, timeout = 5, echoes = true,
    handshake = function(conn)
      conn:send "xxxxx"
      if conn:receive_some() ~= "xxxxx" then error({ outcome = "mismatch" }, 0) end
    end,
  },
  shop = {
    name = "shop", service = "http", first = "client", fields = {}, ports = { 99 }, timeout = 5,
    handshake = function(conn)
      conn:send "GET /shop"
      if not conn:receive_some():find "shop" then error({ outcome = "mismatch" }, 0) end
    end,
  },
  bad = { name = "bad", first = "client", fields = {}, timeout = 5, handshake = function() error "broken" end },
}

-- A target whose later connections are these (a string: the outcome of one that does not open).
local function new_target(first, later, options)
  local connected = {}
  local context = {
    primitives = primitives, protocols = protocols, handshakes = { "bad", "http", "ssh", "wait" }, array = array,
    options = options or {}, observe = function() end, expected = function(port) return port == 80 and "http" or nil end,
    expected_also = function(port) return port == 80 and "http-options" or nil end,
    identify = function(bytes)
      local service = bytes:match "^SSH%-" and "ssh" or bytes:match "^HTTP/" and "http" or nil
      return { service = service, services = { service }, fields = service and { version = "1" } or nil }
    end,
    handshake = pcall, now = function() return 0 end, host_of = function(address) return { address = address } end,
    known_host = function() end,
    connect = function(address, port)
      connected[#connected + 1] = address .. ":" .. port
      local conn = table.remove(later or {}, 1) or "filtered"
      if type(conn) == "string" then return nil, conn end
      return conn
    end,
  }
  return target.new(context, "192.0.2.1", 80, first), connected
end

describe("target:try", function()
  it("runs the handshake on the connection that is open, with the protocol's own deadline", function()
    local conn = new_conn ""
    local some, connected = new_target(conn)
    local attempt = some:try "http"
    assert.same({ "http", "timeout", true, true, true }, {
      attempt.handshake, attempt.outcome, attempt.opened, attempt.sent, attempt.acked })
    assert.same({ 7, {} }, { conn.timeout, connected })
  end)

  it("takes the scan's deadline before the protocol's", function()
    local conn = new_conn ""
    new_target(conn, nil, { timeout = 2 }):try "http"
    assert.equal(2, conn.timeout)
  end)

  it("takes the attempt's own deadline before the scan's", function()
    local conn = new_conn()
    new_target(conn, nil, { timeout = 3 }):try("wait", { timeout = 0.5 })
    assert.equal(0.5, conn.timeout)
  end)

  it("keeps why it was made, in few words", function()
    local new = new_target(new_conn())
    assert.equal("the port's own", new:try("wait", { why = "the port's own" }).why)
    assert.equal(200, #new:try("http", { why = ("x"):rep(1000) }).why)
  end)

  it("keeps what the wire showed: repeated SYN-ACKs, windows, echoes", function()
    local attempt = new_target(new_conn("", { behaviour = { 2, nil, 3.5, 512 } })):try "http"
    assert.same({ 2, 3.5, 512 }, { attempt.syn_ack_repeats, attempt.window_opened, attempt.window_least })
    attempt = new_target(new_conn ""):try "http"
    assert.is_nil(attempt.syn_ack_repeats or attempt.window_opened or attempt.echo)
    assert.is_true(new_target(new_conn "xxxxx"):try("http").echo)
    assert.is_nil(new_target(new_conn "xxxxxx"):try("http").echo)   -- more than was said
    assert.is_nil(new_target(new_conn "yxxxx"):try("http").echo)
  end)

  it("names the service that echoes by its own handshake alone, and only where all came back", function()
    local attempt = new_target(new_conn "xxxxx"):try "parrot"
    assert.same({ "parrot", { "parrot" }, true }, { attempt.service, attempt.services, attempt.echo })
    attempt = new_target(new_conn "xxxxx"):try("parrot", { full = true })
    assert.same({ "parrot", "done" }, { attempt.service, attempt.outcome })
    attempt = new_target(new_conn "xxxx"):try("parrot", { full = true })   -- not the whole word
    assert.same({ true, "mismatch" }, { attempt.echo, attempt.outcome })
    assert.is_nil(attempt.service)
    assert.is_nil(new_target(new_conn "yxxxx"):try("parrot").service)
    assert.is_nil(new_target(new_conn "xxxxx"):try("http").service)
  end)

  it("listens for the SYN-ACK to come again where nothing was acknowledged, and hears what comes meanwhile", function()
    local conn = new_conn("", { deaf = true })
    local some = new_target(conn)
    local attempt = some:try "http"
    assert.same({ "no_ack", 1.25 }, { attempt.outcome, conn.slept })
    conn = new_conn("", { deaf = true })
    assert.equal("no_ack", new_target(conn):try("http", { syn_ack_again = 0 }).outcome)
    assert.is_nil(conn.slept)
    conn = new_conn("", { deaf = true, wakes = true })
    assert.equal("timeout", new_target(conn):try("http").outcome)
  end)

  it("did not open where the transport has no connection for the handshake", function()
    local conn = new_conn(nil, { lacks = "http" })
    local attempt = new_target(conn):try "http"
    assert.is_false(attempt.opened)
    assert.equal("filtered", attempt.outcome)
    assert.equal("abort", conn.ended)
  end)

  it("opens another connection once something was said on the first, and resets that", function()
    local first, second = new_conn "", new_conn ""
    local some, connected = new_target(first, { second })
    some:try "http"
    local attempt = some:try "http"
    assert.same({ { "192.0.2.1:80" }, "abort", true }, { connected, first.ended, attempt.opened })
    assert.is_nil(attempt.reused)
  end)

  it("goes on with a connection on which neither side has spoken", function()
    local some, connected = new_target(new_conn "")
    some:try "wait"
    local attempt = some:try "http"
    assert.same({ {}, true }, { connected, attempt.reused })
  end)

  it("takes the connection that no handshake has used for a fresh one", function()
    local some, connected = new_target(new_conn "", { new_conn "" })
    assert.is_nil(some:try("wait", { fresh = true }).reused)
    assert.equal(0, #connected)
    some:try("http", { fresh = true })
    assert.equal(1, #connected)
  end)

  it("sends again as often as it is asked to, on the open connection and on new ones", function()
    local first, asked = new_conn "", {}
    local some = new_target(first, { new_conn "" })
    local connect = some.context.connect
    some.context.connect = function(address, port, retries)
      asked[#asked + 1] = retries
      return connect(address, port)
    end
    some:try("wait", { retries = 3 })
    some:try("http", { fresh = true, retries = 0 })
    assert.same({ 3, { 0 } }, { first.retries, asked })
    for _, wrong in ipairs { -1, 16, 0.5, 0 / 0 } do
      assert.has_error(function() new_target(new_conn ""):try("http", { retries = wrong }) end)
    end
  end)

  it("waits for more of an answer as long as it is asked to", function()
    local conn = new_conn "x"
    new_target(conn):try("http", { settle = 0.1 })
    assert.same({ 0.1 }, conn.seconds)
    for _, wrong in ipairs { { settle = -1 }, { settle = "x" }, { syn_ack_again = 0 / 0 } } do
      assert.has_error(function() new_target(new_conn "x"):try("http", wrong) end)
    end
  end)

  it("opens another where it is asked for a fresh one", function()
    local some, connected = new_target(new_conn "", { new_conn "" })
    some:try "wait"
    some:try("http", { fresh = true })
    assert.equal(1, #connected)
  end)

  it("opens another where the first has ended", function()
    local some, connected = new_target(new_conn("", { state = "closed" }), { new_conn "" })
    some:try "http"
    assert.equal(1, #connected)
  end)

  it("says how a later connection failed to open", function()
    for _, outcome in ipairs { "filtered", "refused", "unreachable", "local" } do
      local some = new_target(new_conn "", { outcome })
      some:try "http"
      local attempt = some:try "wait"
      assert.same({ false, outcome }, { attempt.opened, attempt.outcome })
    end
  end)

  it("names what came, whatever was asked, and keeps it", function()
    local attempt = new_target(new_conn "SSH-2.0-x\r\n"):try "http"
    assert.same({ "answered", "ssh", { "ssh" }, "SSH-2.0-x\r\n", { version = "1" } },
      { attempt.outcome, attempt.service, attempt.services, attempt.data, attempt.fields })
  end)

  it("waits for the rest of an answer until it is known, or no longer grows", function()
    local unknown = new_conn("S", { more = { "x", "y" } })
    assert.is_nil(new_target(unknown):try("wait").service)
    assert.equal(3, #unknown.seconds)
    local known = new_conn("S", { more = { "S", "H-2.0", "more" } })
    known.answer, known.facts.more = "S", { "SH", "-2.0", "more" }
    assert.equal("ssh", new_target(known):try("wait").service)
    assert.equal(2, #known.seconds)
  end)

  it("looks at an answer that never ends a bounded number of times", function()
    local more = {}
    for i = 1, 100 do more[i] = "x" end
    local conn = new_conn("x", { more = more })
    new_target(conn):try "wait"
    assert.equal(8, #conn.seconds)
  end)

  it("adds what a whole handshake learnt to what the signature says, and ends in good order", function()
    local conn = new_conn "HTTP/1.1 200 OK"
    local attempt = new_target(conn):try("http", { full = true })
    assert.same({ "done", { server = "taken by 15", version = "1" }, "close" },
      { attempt.outcome, attempt.fields, conn.ended })
  end)

  it("raises a script's error, with the attempt kept", function()
    local some = new_target(new_conn "SSH-2.0-x")
    local ok, problem = pcall(some.try, some, "bad")
    assert.is_false(ok)
    assert.truthy(problem:find "target_spec%.lua:%d+: broken$")
    assert.same({ "script_error", problem, "ssh" }, {
      some.attempts[1].outcome, some.attempts[1].error, some.attempts[1].service })
  end)

  it("refuses what is no protocol, no option, or too much, at the caller's line", function()
    local some = new_target(new_conn "")
    for _, wrong in ipairs { { "nothing" }, {}, { "wait", 1 }, { "wait", { quick = true } } } do
      local ok, problem = pcall(function() some:try(unpack(wrong)) end)
      assert.is_false(ok)
      assert.truthy(problem:find "^[^:]*target_spec%.lua:%d+: ", problem)
    end
    assert.equal(0, #some.attempts)
  end)
end)

describe("target:complete", function()
  it("runs the service's own handshake on the connection on which only the server has spoken", function()
    local some, connected = new_target(new_conn "SSH-2.0-x\r\n")
    some:try "wait"
    some:complete()
    assert.same({ {}, "ssh", true, true, "SSH-2.0-x\r\n" }, { connected, some.attempts[2].handshake,
      some.attempts[2].reused, some.attempts[2].follow_up, some:fields().banner })
  end)

  it("opens another connection where we have spoken", function()
    local some, connected = new_target(new_conn "SSH-2.0-x\r\n", { new_conn "SSH-2.0-x\r\n" })
    some:try "http"
    some:complete()
    assert.same({ 1, "ssh" }, { #connected, some.attempts[2].handshake })
  end)

  it("tries again on new connections, each after its delay, until one is answered", function()
    local function followed(delays, ...)
      local first = new_conn "SSH-2.0-x"
      local some, connected = new_target(first, { ... }, { follow_up = delays })
      local paused = {}
      first.pauses = paused
      some:try "http"
      some:complete()
      local words = {}
      for i = 2, #some.attempts do
        local attempt = some.attempts[i]
        words[#words + 1] = attempt.outcome .. " " .. tostring(attempt.delay) .. (attempt.follow_up and "" or " ?")
      end
      return table.concat(words, ", "), #connected, table.concat(paused, " ")
    end
    local answers, silent = new_conn "SSH-2.0-x", new_conn ""
    assert.same({ "done 0", 1, "" }, { followed(nil, answers) })
    assert.same({ "filtered 0, done 5", 2, "5" }, { followed(nil, "filtered", answers) })
    assert.same({ "timeout 0, filtered 5", 2, "5" }, { followed(nil, silent, "filtered") })
    assert.same({ "refused 1, filtered 2, done 3", 3, "1 2 3" }, { followed({ 1, 2, 3 }, "refused", "filtered", answers) })
    assert.same({ "", 0, "" }, { followed({}, answers) })
    assert.same({ "local 0", 1, "" }, { followed(nil, "local", answers) })
  end)

  it("waits as the policy wants it", function()
    local some = new_target(new_conn "SSH-2.0-x", { "filtered", "filtered" })
    local handle = some:handle()
    handle:follow_up { 7 }
    handle:try "http"
    some:complete()
    assert.same({ 2, 7 }, { #some.attempts, some.attempts[2].delay })
    for _, wrong in ipairs {
      5, { -1 }, { 0 / 0 }, { "x" }, { 3601 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 },
    } do
      assert.has_error(function() handle:follow_up(wrong) end)
    end
  end)

  it("runs the handshake of what rides on the service where that was asked, else the service's own", function()
    local function complete(answer, options)
      local some = new_target(new_conn(answer), { new_conn(answer), new_conn(answer) })
      some:try("shop", options)
      some:complete()
      local names = {}
      for i, attempt in ipairs(some.attempts) do names[i] = attempt.handshake .. (attempt.follow_up and " full" or "") end
      return table.concat(names, ", ")
    end
    assert.equal("shop, shop full", complete "HTTP/1.1 200 shop")
    assert.equal("shop, shop full, http full", complete "HTTP/1.1 200 other")
    assert.equal("shop", complete("HTTP/1.1 200 shop", { full = true }))
    assert.equal("shop, http full", complete("HTTP/1.1 200 other", { full = true }))
  end)

  it("does nothing where there is no service, or its handshake has run to its end", function()
    local silent = new_target(new_conn "")
    silent:try "wait"
    silent:complete()
    local done = new_target(new_conn "HTTP/1.1 200 OK")
    done:try("http", { full = true })
    done:complete()
    assert.same({ 1, 1 }, { #silent.attempts, #done.attempts })
  end)
end)

describe("target:abandon", function()
  it("keeps what has come in the attempt that was cut off", function()
    local some = new_target(new_conn "SSH-2.0-x")
    protocols.stuck = {
      name = "stuck", first = "client", fields = {}, timeout = 5,
      handshake = function()
        some:abandon "stopped"
        error("end of the spec's coroutine", 0)
      end,
    }
    pcall(some.try, some, "stuck")
    protocols.stuck = nil
    assert.same({ "ssh", "SSH-2.0-x" }, { some.attempts[1].service, some.attempts[1].data })
  end)

  it("leaves finished attempts alone", function()
    local some = new_target(new_conn "")
    some:try "wait"
    some:abandon "stopped"
    assert.equal("timeout", some.attempts[1].outcome)
  end)
end)

describe("a policy's handle", function()
  it("says what is known of the target", function()
    local handle = new_target(new_conn("", { syn_ack = { window = 5 } })):handle()
    assert.same({ "192.0.2.1", 80, "http", "http-options", 5, { "bad", "http", "ssh", "wait" } }, {
      handle.address, handle.port, handle.expected, handle.expected_also, handle.syn_ack.window, handle.handshakes })
  end)

  it("gives copies: what a policy does to them changes nothing", function()
    local some = new_target(new_conn "SSH-2.0-x")
    local handle = some:handle()
    local attempt = handle:try "wait"
    assert.equal("ssh", attempt.service)
    attempt.service, attempt.services[1], attempt.fields.version = "none", "none", "none"
    handle.syn_ack.window, handle.handshakes[1], handle.attempts[1] = -1, "none", nil
    assert.same({ "ssh", { "ssh" }, { version = "1" } },
      { some.attempts[1].service, some.attempts[1].services, some.attempts[1].fields })
    assert.same({ 1000, "bad", 1 }, { some:syn_ack().window, some.context.handshakes[1], #some.attempts })
  end)

  it("lists the attempts so far", function()
    local handle = new_target(new_conn ""):handle()
    handle:try "wait"
    handle:try "http"
    assert.same({ "wait", "http" }, { handle.attempts[1].handshake, handle.attempts[2].handshake })
  end)

  it("reaches the same host on another port, within the same number of attempts", function()
    local some, connected = new_target(new_conn "")
    local handle = some:handle()
    local other = handle:at(81)
    assert.same({ "192.0.2.1", 81 }, { other.address, other.port })
    local count = 0
    local ok, problem = pcall(function()
      for _ = 1, 1000 do
        handle:at(82):try "wait"
        count = count + 1
      end
    end)
    assert.is_false(ok)
    assert.truthy(problem:find "more than 256 attempts$")
    assert.same({ 256, 256, "192.0.2.1:82" }, { count, #connected, connected[1] })
    assert.equal(0, #some.attempts)
  end)

  it("takes findings of the policy's own for the record, in few words", function()
    local new = new_target(new_conn "HTTP/1.1 200 OK")
    local handle = new:handle()
    handle:note("verdict_of_mine", "odd")
    assert.same({ verdict_of_mine = "odd" }, new:fields())
    handle:try "http"
    assert.same({ version = "1", verdict_of_mine = "odd" }, new:fields(function() error "a text is not made of it" end))
    assert.has_error(function() handle:note("Mine", "x") end)
    assert.has_error(function() handle:note("mine", {}) end)
    assert.has_error(function() handle:note("mine", ("x"):rep(1025)) end)
    assert.has_error(function()
      for i = 1, 17 do handle:note("mine_" .. i, "x") end
    end)
  end)

  it("hides the engine", function()
    local handle = new_target(new_conn ""):handle()
    assert.equal("target", getmetatable(handle))
    for _, name in ipairs { "context", "conn", "budget", "connection", "settle", "complete", "abandon", "close" } do
      assert.is_nil(handle[name], name)
    end
  end)
end)
