local peer = require "spec.support.peer"

-- Runs a handshake of one's own against a conversation.
local function run(handshake, conversation, options)
  local proto = {
    name = "example", ports = {}, first = "client", timeout = 5, handshake = handshake,
    fields = { a = "", b = "", c = "", n = "(number)" },
  }
  return peer.run(proto, conversation, options)
end

local function both_ways(handshake, conversation, check, options)
  for _, chunk in ipairs { 65536, 1 } do
    options = options or {}
    options.chunk = chunk
    check(run(handshake, conversation, options))
  end
end

describe("conn", function()
  it("receives exactly as much as it is asked for, however it comes", function()
    both_ways(function(conn, record)
      record.a, record.b, record.c = conn:receive(3), conn:receive(0), conn:receive(2)
    end, { "abc", "", "defg" }, function(result)
      assert.same({ a = "abc", b = "", c = "de" }, result.record)
    end)
  end)

  it("receives what is there, and waits only for the first byte of it", function()
    local result = run(function(conn, record)
      record.a = conn:receive_some(2)
      record.b = conn:receive_some()
      record.c = conn:receive_some()
    end, { "abc", { "?" }, "d" })
    assert.same({ a = "ab", b = "c" }, result.record)
    assert.equal("timeout", result.outcome)
  end)

  it("tells a good end from a bad one, where more may come", function()
    local function read(ending)
      return run(function(conn, record)
        record.a = conn:receive_more(2)
        record.b = conn:receive_more()
        record.c = conn:receive_more() or "end"
      end, { "abc" }, { ending = ending })
    end
    assert.same({ "done", { a = "ab", b = "c", c = "end" } }, { read("close").outcome, read("close").record })
    assert.same({ "reset", "timeout" }, { read("reset").outcome, read(nil).outcome })
  end)

  it("receives lines without their ends", function()
    both_ways(function(conn, record)
      record.a, record.b, record.c = conn:receive_line(), conn:receive_line(), conn:receive_line()
    end, { "one\r\ntwo\n\nthree" }, function(result)
      assert.same({ a = "one", b = "two", c = "" }, result.record)
      assert.is_true(#result.left <= #"three")
    end)
  end)

  it("waits for no byte beyond the end of a line", function()
    both_ways(function(conn, record) record.a = conn:receive_line() end, { "four\r\n" }, function(result)
      assert.same({ "done", { a = "four" }, 0 }, { result.outcome, result.record, result.elapsed })
    end)
  end)

  it("receives up to a pattern, with its captures, and leaves the rest", function()
    both_ways(function(conn, record)
      record.a, record.b, record.c = conn:receive_until "<(%a+)=(%a+)>"
      record.n = #conn:receive(4)
    end, { "noise <key=value>rest" }, function(result)
      assert.same({ a = "noise <key=value>", b = "key", c = "value", n = 4 }, result.record)
    end)
  end)

  it("gives up on a line or a pattern within its cap, keeping what was learnt", function()
    both_ways(function(conn, record)
      record.a = conn:receive_line(8)
      record.b = conn:receive_line(8)
    end, { "1234567\n", "12345678\n" }, function(result)
      assert.same({ "overflow", { a = "1234567" } }, { result.outcome, result.record })
    end)
    assert.equal("overflow", run(function(conn) conn:receive_line(8) end, { "12345678" }).outcome)
    assert.equal("overflow", run(function(conn) conn:receive_until "%]" end, { ("x"):rep(70000) }).outcome)
  end)

  -- A connection that delivers `bytes` one by one, and counts what is looked at.
  local function dripping(bytes)
    local looked, delivered, taken = 0, 0, 0
    local conn = require "sonde.conn" {
      wait = function(_, n)
        while delivered - taken < n and delivered < #bytes do delivered = delivered + 1 end
        if delivered - taken < n then return nil, "timeout" end
        return delivered - taken
      end,
      peek = function(_, n, skip)
        local part = bytes:sub(taken + 1, delivered):sub((skip or 0) + 1, (skip or 0) + n)
        looked = looked + #part
        return part
      end,
      take = function(_, n)
        local part = bytes:sub(taken + 1, taken + n)
        taken = taken + #part
        return part
      end,
    }
    return conn, function() return looked end
  end

  it("does not look at all bytes again for each new one", function()
    for _, case in ipairs { { "\n", "\n" }, { "\r\n\r\n", "\r\n\r\n" }, { "%]%z", "]\0" }, { "x%.%.y", "x..y" } } do
      local text = ("a\r"):rep(5000) .. case[2]
      local conn, looked = dripping(text .. "rest")
      assert.equal(text, (conn:receive_until(case[1])))
      assert.is_true(looked() < 6 * #text, case[1] .. ": " .. looked())
    end
  end)

  it("finds a text that comes in pieces, right up to its cap", function()
    for _, cap in ipairs { 10, 11 } do
      local conn = dripping "a\r\na\r\n\r\r\n\r\n"
      local ok, found = pcall(conn.receive_until, conn, "\r\n\r\n", cap)
      assert.equal(cap == 11, ok)
      assert.equal(ok and "a\r\na\r\n\r\r\n\r\n" or "overflow", ok and found or found.outcome)
    end
  end)

  it("leaves in place what it peeks at", function()
    both_ways(function(conn, record)
      record.a, record.b, record.c = conn:peek(2), conn:receive(3), conn:peek(0)
    end, { "abcd" }, function(result)
      assert.same({ a = "ab", b = "abc", c = "" }, result.record)
    end)
  end)

  it("sends all its arguments in one go", function()
    local result = run(function(conn) conn:send("a", "", "bc") end, {})
    assert.same({ "abc", "abc" }, { result.first_sent, result.sent })
  end)

  it("ends with the peer, after everything that came before", function()
    for ending, outcome in pairs { close = "closed", reset = "reset" } do
      both_ways(function(conn, record)
        record.a = conn:receive(3)
        record.b = conn:receive(3)
      end, { "abcde" }, function(result)
        assert.same({ outcome, { a = "abc" }, "de" }, { result.outcome, result.record, result.left })
      end, { ending = ending })
    end
  end)

  it("raises when it sends to a peer that has reset, and not when it has only closed", function()
    local function after(ending)
      return run(function(conn)
        conn:receive(1)
        pcall(conn.receive, conn, 1)
        conn:send "x"
      end, { "a" }, { ending = ending })
    end
    assert.equal("reset", after("reset").outcome)
    assert.same({ "done", "x" }, { after("close").outcome, after("close").sent })
  end)

  it("can still receive when it has closed its side, but not send", function()
    local result = run(function(conn, record)
      conn:close()
      record.a = conn:receive(2)
      conn:send "x"
    end, { "ab" })
    assert.same({ "closed", { a = "ab" }, "" }, { result.outcome, result.record, result.sent })
  end)

  it("has one deadline for the whole handshake, which a trickle of bytes does not move", function()
    local result = run(function(conn, record)
      for n = 1, 100 do
        conn:receive(1)
        record.n = n
      end
    end, function(p)
      while true do
        p.sleep(0.75)
        p.send "x"
      end
    end)
    assert.same({ "timeout", { n = 6 }, 5 }, { result.outcome, result.record, result.elapsed })
  end)

  it("calls a length that is none the protocol's own mistake", function()
    for _, length in ipairs { -1, 0.5, 0 / 0, math.huge, "x" } do
      for _, method in ipairs { "receive", "peek" } do
        local ok, failure = pcall(run, function(conn) conn[method](conn, length) end, { "abc" })
        assert.is_false(ok)
        assert.truthy(failure:match "conn_spec.lua:%d+: .* is no length", failure)
      end
    end
  end)

  it("raises outcomes that can be read", function()
    local failure
    run(function(conn)
      local _, raised = pcall(conn.receive, conn, 1)
      failure = raised
    end, {})
    assert.same({ "timeout", "timeout" }, { failure.outcome, tostring(failure) })
  end)

  it("starts TLS, and goes on inside on the same conn", function()
    both_ways(function(conn, record)
      record.a = conn:receive_line()
      record.b = conn:start_tls({ alpn = "http/1.1" }).version
      record.c = conn:receive_line()
    end, { "go\r\n", { tls = { version = "TLSv1.2" } }, "inside\r\n" }, function(result)
      assert.same({ a = "go", b = "TLSv1.2", c = "inside" }, result.record)
    end)
  end)

  it("does not take words from before TLS for words inside", function()
    local result = run(function(conn, record)
      record.a = conn:receive_line()
      conn:start_tls()
    end, { "go\r\nand on\r\n", { tls = { version = "TLSv1.2" } } })
    assert.same({ "tls", "plaintext before TLS", { a = "go" } }, { result.outcome, result.what, result.record })
  end)

  it("ends with a peer that ends while TLS is set up", function()
    for ending, outcome in pairs { close = "closed", reset = "reset", silence = "timeout" } do
      local result = run(function(conn) conn:start_tls() end, {}, { ending = ending })
      assert.equal(outcome, result.outcome)
    end
  end)

  it("asks for the host's name where it has one", function()
    local asked
    local make = require "sonde.conn" {
      start_tls = function(_, options)
        asked = options
        return true
      end,
      tls = function(_, host) return { host = host } end,
    }
    local function sni(host, options)
      local conn = setmetatable({ host = host }, { __index = make })
      assert.equal(host, conn:start_tls(options).host)
      return asked.sni
    end
    assert.equal("door.example", sni "door.example.")
    assert.is_nil(sni "198.18.0.7")
    assert.is_nil(sni "2001:db8::a")
    assert.is_false(sni("door.example", { sni = false }))
    assert.equal("other.example", sni("198.18.0.7", { sni = "other.example" }))
    assert.error_matches(function() sni("door.example", { snj = "x" }) end, "start_tls has no option 'snj'")
  end)
end)
