local tcp = require "spec.support.tcp"

local function rep(n, character) return (character or "x"):rep(n) end

describe("tcp", function()
  describe("when it opens", function()
    it("sends a bare ACK when nothing is queued", function()
      local c = tcp.dialled()
      assert.same({ "A 1" }, c:wire())
      assert.is_nil(c:due())
    end)

    it("lets the first data ride on that ACK, without PSH", function()
      local c = tcp.dialled()
      c:send "hello"
      assert.same({ "A 1 hello" }, c:wire())
      assert.equal(1, c:due())
    end)

    it("sets PSH at once when told so, on the last segment", function()
      local c = tcp.dialled { push = true, peer_mss = 64 }
      c:send(rep(64) .. "end")
      assert.same({ "A 1 " .. rep(64), "PA 65 end" }, c:wire())
    end)

    it("takes data and FIN that come with the SYN-ACK", function()
      local c = tcp.dialled { payload = "220 hi", flags = "SFA" }
      assert.equal("220 hi", c.bytes)
      assert.equal("finished", c.events)
      assert.equal(5000 + 1 + 6 + 1, c:output()[1].ack)
    end)

    it("knows the round trip from the echo of its SYN's timestamp, and uses timestamps from then on", function()
      local c = tcp.dialled { ts = { 77, 4294967295 - 99999 } } -- sent 100 ms before the clock of 2^32 us came round
      assert.equal(1e8, tonumber(c.arrival.rtt_ns))
      c:send "x"
      assert.same({ 0, 77 }, c:output()[1].ts)
      assert.equal(0.3, c:due()) -- SRTT 100 ms + 4 * RTTVAR 50 ms
    end)

    it("does not believe an echo that cannot be true", function()
      assert.equal(0, tonumber(tcp.dialled { ts = { 77, 5 } }.arrival.rtt_ns))
      assert.equal(0, tonumber(tcp.dialled { ts = { 77, 0 } }.arrival.rtt_ns))
    end)
  end)

  describe("when it dials", function()
    it("sends a SYN, sends it again with backoff, and fails", function()
      local c = tcp.dialling { retries = 2 }
      local syn = c:output()[1]
      assert.equal("S", syn.flags)
      assert.equal(1460, syn.mss)
      assert.truthy(syn.ts)
      assert.equal(1, c:due())
      assert.equal("", c:expire())
      assert.same({ "S 0" }, c:wire())
      assert.equal(2, c:due())
      assert.equal("", c:expire())
      assert.same({ "S 0" }, c:wire())
      assert.equal(4, c:due())
      assert.equal("failed", c:expire())
      c:close "reset"
      assert.same({}, c:wire())
      assert.is_true(c:finished())
    end)

    it("opens with what was queued meanwhile, and knows the round trip without timestamps", function()
      local c = tcp.dialling()
      c:output()
      c:send "hello"
      c.now = 0.2
      assert.equal("used", c:receive { flags = "SA", seq = 9000 })
      assert.equal("opened", c.events)
      assert.equal(2e8, tonumber(c.arrival.rtt_ns))
      assert.same({ "A 1 hello" }, c:wire())
    end)

    it("does not measure a SYN that was sent twice (Karn)", function()
      local c = tcp.dialling()
      c:output()
      c:expire()
      c:output()
      c:receive { flags = "SA", seq = 9000 }
      assert.equal(0, tonumber(c.arrival.rtt_ns))
    end)

    it("is refused by RST only if that acknowledges the SYN", function()
      local c = tcp.dialling()
      c:output()
      assert.equal("ack", c:receive { flags = "RA", seq = 0, ack = 1000 })
      assert.equal("sequence", c:receive { flags = "R", seq = 0 })
      assert.equal("used", c:receive { flags = "RA", seq = 0, ack = 1001 })
      assert.equal("failed", c.events)
    end)

    it("ignores a SYN-ACK of another SYN", function()
      local c = tcp.dialling()
      c:output()
      assert.equal("ack", c:receive { flags = "SA", seq = 9000, ack = 1002 })
      assert.same({}, c:wire())
    end)
  end)

  describe("when it listens", function()
    it("answers a repeated SYN again, and opens with the ACK and its data", function()
      local c = tcp.listening { own_mss = 900 }
      assert.same({ flags = "SA", seq = 1000, ack = 5001, window = 65535, mss = 900, payload = "", ts = false }, c:output()[1])
      assert.equal("used", c:receive { flags = "S", seq = 5000, ack = 0 })
      assert.same({ "SA 0" }, c:wire())
      assert.equal("used", c:receive { payload = "GET" })
      assert.is_true(c.arrival.opened)
      assert.equal("GET", c.bytes)
      assert.same({ "A 1" }, c:wire())
    end)

    it("sends its SYN-ACK again a few times, then forgets", function()
      local c = tcp.listening { retries = 0 }
      local count = 0
      repeat
        count = count + #c:output()
        c:expire()
      until c:finished()
      assert.equal(4, count)
    end)

    it("ends without a word at an exact RST, and not at another", function()
      local c = tcp.listening()
      c:output()
      assert.equal("sequence", c:receive { flags = "R", seq = 5000 })
      assert.is_false(c:finished())
      assert.equal("used", c:receive { flags = "R", seq = 5001 })
      assert.equal("", c.events)
      assert.is_true(c:finished())
    end)
  end)

  describe("when nothing is acknowledged", function()
    it("sends again with PSH and doubling waits, then says so and keeps the stream", function()
      local c = tcp.dialled { retries = 3 }
      c:send "hello"
      c:output()
      for _, wait in ipairs { 1, 2, 4 } do
        assert.equal(wait, c:due())
        assert.equal("", c:expire())
        assert.same({ "PA 1 hello" }, c:wire())
      end
      assert.equal(1, c:due())
      assert.equal("unacked", c:expire())
      assert.is_nil(c:due())
      assert.equal("used", c:receive { payload = "still here", ack = 1001 })
      assert.equal("still here", c.bytes)
      c:output()
      c:close "finish"
      assert.same({ "RA 1" }, c:wire()) -- at the number the peer expects: it has acknowledged nothing
      assert.is_true(c:finished())
    end)

    it("waits a timeout for the answer to the last repetition where that is more than 1 s, and doubles less than that", function()
      for ms, wait in pairs { [400] = 1.2, [200] = 1, [150] = 0.9, [10] = 0.5 } do
        local c = tcp.dialled { retries = 1, ts = { 1, (2 ^ 32 - ms * 1000) % 2 ^ 32 } }
        c:send "x"
        c:output()
        c:expire()
        c:output()
        assert.is_true(math.abs(wait - c:due()) < 1e-6, ("%d ms: %s s"):format(ms, c:due()))
        assert.equal("unacked", c:expire())
      end
    end)

    it("goes on when a late acknowledgement comes after all", function()
      local c = tcp.dialled { retries = 0, peer_mss = 64 }
      c:send(rep(64) .. "rest")
      c:output()
      assert.equal("unacked", c:expire())
      c:receive { ack = 1065 }
      assert.same({ "PA 65 rest" }, c:wire())
    end)

    it("caps the wait at 8 s", function()
      local c = tcp.dialled { retries = 9 }
      c:send "x"
      c:output()
      for _ = 1, 6 do c:expire() c:output() end
      assert.equal(8, c:due())
    end)

    it("does not wait less than 250 ms, however near the peer", function()
      local c = tcp.dialled { ts = { 1, 4294967295 } }
      c:send "x"
      c:output()
      assert.equal(0.25, c:due())
    end)

    it("measures data that was sent once, and not what was sent twice (Karn)", function()
      local c = tcp.dialled()
      c:send "one"
      c:output()
      c.now = 0.4
      c:receive {}
      c:send "two"
      c:output()
      assert.equal(1.2, c:due()) -- 400 + 4 * 200 ms
      c:expire()
      c:output()
      c.now = c.now + 0.001
      c:receive {}
      c:send "three"
      c:output()
      assert.equal(1.2, c:due())
    end)
  end)

  describe("what it sends", function()
    it("is cut to the peer's MSS, and to the default where there is none", function()
      local function lengths(options)
        local c, list = tcp.dialled(options), {}
        c:send(rep(3000))
        for i, segment in ipairs(c:output()) do list[i] = #segment.payload end
        return list
      end
      assert.same({ 1000, 1000, 1000 }, lengths { peer_mss = 1000 })
      assert.same({ 1460, 1460, 80 }, lengths { peer_mss = 9000 })
      assert.same({ 536, 536, 536, 536, 536, 320 }, lengths {})
      assert.same({ 1220, 1220, 560 }, lengths { v6 = true })
      assert.same({ 988, 988, 988, 36 }, lengths { peer_mss = 1000, ts = { 1, 1 } }) -- the option takes 12 bytes
      assert.equal(64, lengths { peer_mss = 1 }[1])
    end)

    it("starts with ten segments (RFC 6928) and more with every ACK", function()
      local c = tcp.dialled { peer_mss = 1000 }
      c:send(rep(40000))
      assert.equal(10, #c:output())
      c:receive { ack = 1001 + 2000 }
      assert.equal(3, #c:output())
    end)

    it("takes 64 KiB and not a byte more", function()
      local c = tcp.dialled()
      assert.equal(0, c:send(rep(65536)))
      assert.is_true(c:send "x" < 0)
    end)

    it("keeps within the peer's window, and goes on when it moves", function()
      local c = tcp.dialled { window = 10 }
      c:send "0123456789abcdef"
      assert.same({ "A 1 0123456789" }, c:wire())
      c:receive { ack = 1006, window = 5 } -- still the same edge
      assert.same({}, c:wire())
      c:receive { ack = 1011, window = 3 }
      assert.equal("", c.events)
      assert.same({ "A 11 abc" }, c:wire())
      c:receive { ack = 1014, window = 100 }
      assert.same({ "A 14 def" }, c:wire())
      c:receive {}
      assert.equal("acked", c.events)
      assert.equal(16, c.acked)
    end)

    it("is believed acknowledged only up to what was sent", function()
      local c = tcp.dialled()
      c:send "hello"
      c:output()
      assert.equal("ack", c:receive { ack = 1007 })
      assert.same({ "A 6" }, c:wire())
      assert.equal(0, c.acked)
      assert.equal("ack", c:receive { ack = 1001 - 70000 })
      assert.equal("used", c:receive { ack = 1004 })
      assert.equal(3, c.acked)
    end)

    it("follows numbers over 2^32, in both directions", function()
      local c = tcp.dialled { iss = 4294967290, seq = 4294967290, peer_mss = 64 }
      c:send(rep(64) .. "tail")
      assert.same({ "A 1 " .. rep(64), "A 65 tail" }, c:wire())
      c:receive { ack = 4294967290 + 65, payload = "0123456789" }
      c:receive { seq = 4294967291 + 15, payload = "fghij", flags = "FA", ack = (4294967290 + 69) % 2 ^ 32 }
      assert.equal(68, c.acked)
      c:receive { seq = 4294967291 + 10, payload = "abcde" }
      assert.equal("0123456789abcdefghij", c.bytes)
      assert.equal("finished", c.events)
      assert.equal(16, c:output()[1].ack)
    end)
  end)

  describe("a zero window", function()
    it("gets the ACK and nothing else, then one octet at growing intervals, and all when it opens", function()
      local c = tcp.dialled { window = 0 }
      c:send "hello"
      assert.same({ "A 1" }, c:wire())
      for _, wait in ipairs { 1, 2, 4, 8, 8 } do
        assert.equal(wait, c:due())
        assert.equal("", c:expire())
        local probe = c:wire()
        assert.equal(1, #probe)
        assert.truthy(probe[1]:match "^P?A 1 h$")
        c:receive { ack = 1001, window = 0 }
        assert.equal("", c.events)
      end
      c:receive { ack = 1001, window = 100 }
      assert.equal("window", c.events)
      assert.same({ "PA 1 hello" }, c:wire())
    end)

    it("that takes the probes is served an octet at a time", function()
      local c = tcp.dialled { window = 0 }
      c:send "abc"
      c:output()
      for i, expected in ipairs { "A 1 a", "A 2 b", "A 3 c" } do
        c:expire()
        assert.same({ expected }, c:wire())
        c:receive { ack = 1001 + i, window = 0 }
        assert.same({}, c:wire())
      end
      assert.equal("acked", c.events)
      assert.is_nil(c:due())
    end)

    it("never ends the stream by itself, but ends a farewell", function()
      local c = tcp.dialled { window = 0, retries = 1 }
      c:send "abc"
      c:output()
      for _ = 1, 10 do
        assert.equal("", c:expire())
        assert.equal(1, #c:output())
      end
      c:close "finish"
      local started = c.now
      while not c:finished() do
        c:expire()
        c:output()
      end
      assert.is_true(c.now - started <= 15)
    end)
  end)

  describe("what it receives", function()
    it("is handed over in order, whatever the order it came in, without what is double", function()
      local c = tcp.dialled()
      c:output()
      assert.equal("used", c:receive { seq = 5005, payload = "efgh" })
      assert.is_true(c.arrival.held)
      assert.same({ "A 1" }, c:wire())
      c:receive { seq = 5003, payload = "cdef" }
      c:receive { seq = 5011, payload = "kl" }
      assert.equal("", c.bytes)
      c:receive { seq = 5001, payload = "abcd" }
      assert.equal("abcdefgh", c.bytes)
      assert.equal(5009, c:output()[1].ack)
      c:receive { seq = 5007, payload = "ghijkl" }
      assert.equal("abcdefghijkl", c.bytes)
      assert.equal(5013, c:output()[1].ack)
    end)

    it("that is old is acknowledged again, but not more often than every 20 ms", function()
      local c = tcp.dialled()
      c:output()
      c:receive { payload = "abc" }
      c:output()
      assert.equal("sequence", c:receive { payload = "abc" })
      assert.equal(5004, c:output()[1].ack)
      c:receive { payload = "abc" }
      assert.same({}, c:wire())
      c.now = 0.02
      c:receive { payload = "abc" }
      assert.same({ "A 1" }, c:wire())
      assert.equal("abc", c.bytes)
    end)

    it("that lies outside the window is dropped", function()
      local c = tcp.dialled()
      c:output()
      assert.equal("sequence", c:receive { seq = 5001 + 65535, payload = "x" })
      assert.equal("sequence", c:receive { seq = 5001 + 2 ^ 31, payload = "x" })
      assert.equal("sequence", c:receive { flags = "", payload = "x" })
      assert.equal("", c.bytes)
    end)

    it("is held for 32 KiB and 16 gaps, no more", function()
      local c = tcp.dialled()
      c:output()
      for i = 1, 17 do
        c:receive { seq = 5001 + i * 10, payload = "y" }
        assert.equal(i <= 16, c.arrival.held)
        assert.equal(i == 17, c.arrival.hold_full)
      end
      c:receive { seq = 5001 + 32767, payload = "zz" }
      assert.is_true(c.arrival.hold_full)
      c:receive { payload = rep(200) }
      assert.equal(rep(200), c.bytes)
      c:receive { seq = 5201, payload = "end" }
      assert.equal(rep(200) .. "end", c.bytes)
    end)

    it("may be a FIN ahead of a gap", function()
      local c = tcp.dialled()
      c:output()
      c:receive { seq = 5003, payload = "cd", flags = "FA" }
      assert.equal("", c.events)
      c:receive { seq = 5001, payload = "ab" }
      assert.equal("abcd", c.bytes)
      assert.equal("finished", c.events)
      assert.equal(5006, c:output()[1].ack)
      c.now = 1
      assert.equal("sequence", c:receive { seq = 5003, payload = "cd", flags = "FA" })
      assert.equal("", c.events)
      assert.equal(5006, c:output()[1].ack)
    end)

    it("may contradict itself about where it ends, and ends", function()
      local c = tcp.dialled()
      c:output()
      c:receive { seq = 5003, payload = "cdefgh" }
      c:receive { seq = 5002, payload = "b", flags = "FA" }
      c:receive { seq = 5001, payload = "a" }
      assert.equal("finished", c.events)
      assert.equal("a", c.bytes:sub(1, 1))
    end)

    it("goes unanswered but for the data that is queued after it: half-close", function()
      local c = tcp.dialled()
      c:output()
      c:receive { payload = "bye", flags = "FA" }
      assert.equal("finished", c.events)
      c:output()
      c:send "and one more thing"
      assert.same({ "A 1 and one more thing" }, c:wire())
      c:receive { seq = 5005 }
      assert.equal("acked", c.events)
    end)
  end)

  describe("RST", function()
    it("is believed at exactly the number expected, challenged in the window, ignored elsewhere (RFC 5961)", function()
      local c = tcp.dialled()
      c:output()
      assert.equal("sequence", c:receive { flags = "R", seq = 5002 })
      assert.same({ "A 1" }, c:wire())
      assert.equal("sequence", c:receive { flags = "R", seq = 5000 })
      assert.equal("sequence", c:receive { flags = "RA", seq = 5001 + 65535 })
      assert.same({}, c:wire())
      assert.equal("used", c:receive { flags = "RA", payload = "blocked by policy" })
      assert.equal("reset", c.events)
      assert.equal("blocked by policy", c.text)
      assert.equal("", c.bytes)
      assert.is_true(c:send "x" < 0)
      c:close "reset"
      assert.same({}, c:wire())
      assert.is_true(c:finished())
    end)

    it("takes away what was queued", function()
      local c = tcp.dialled()
      c:send "hello"
      c:output()
      c:receive { flags = "R" }
      assert.equal("reset", c.events)
      assert.is_nil(c:due())
    end)
  end)

  describe("SYN on an open connection", function()
    it("is challenged (RFC 5961)", function()
      local c = tcp.dialled()
      c:output()
      assert.equal("sequence", c:receive { flags = "S", seq = 5001, ack = 0 })
      assert.same({ "A 1" }, c:wire())
      assert.equal("sequence", c:receive { flags = "SA", seq = 6000, ack = 1001 })
      assert.same({}, c:wire()) -- one challenge per 20 ms
    end)

    it("that repeats the SYN-ACK gets the ACK and the data again", function()
      local c = tcp.dialled()
      c:send "hello"
      c:output()
      assert.equal("used", c:receive { flags = "SA", seq = 5000, ack = 1001 })
      assert.is_true(c.arrival.repeated)
      assert.same({ "PA 1 hello" }, c:wire())
    end)
  end)

  describe("closing", function()
    it("sends FIN after what is queued, sees it acknowledged, and is over with the peer's FIN", function()
      local c = tcp.dialled()
      c:send "QUIT"
      c:close "finish"
      assert.same({ "FA 1 QUIT" }, c:wire())
      c:receive { ack = 1006 }
      assert.is_false(c:finished())
      assert.equal(3, c:due())
      c:receive { flags = "FA" }
      assert.is_false(c:finished())
      assert.same({ "A 6" }, c:wire())
      assert.is_true(c:finished())
    end)

    it("repeats its FIN, and resets when nobody answers", function()
      local c = tcp.dialled { retries = 1 }
      c:close "finish"
      assert.same({ "FA 1" }, c:wire())
      c:expire()
      assert.same({ "FA 1" }, c:wire())
      c:expire()
      assert.same({ "RA 1" }, c:wire())
      assert.is_true(c:finished())
    end)

    it("does not wait for a peer that never ends", function()
      local c = tcp.dialled()
      c:close "finish"
      c:output()
      c:receive { ack = 1002 }
      c:expire()
      assert.equal(3, c.now)
      assert.same({ "RA 2" }, c:wire())
      assert.is_true(c:finished())
    end)

    it("answers data that nobody reads with RST, once all of ours has arrived", function()
      local c = tcp.dialled()
      c:close "finish"
      c:output()
      c:receive { ack = 1001, payload = "more" }
      assert.same({ "A 2" }, c:wire())
      c:receive { seq = 5005, ack = 1002, payload = "and more" }
      assert.same({ "RA 2" }, c:wire())
      assert.is_true(c:finished())
    end)

    it("by RST is at once, behind the last byte sent", function()
      local c = tcp.dialled()
      c:send "hello"
      c:output()
      c:close "reset"
      assert.same({ "RA 6" }, c:wire())
      assert.is_true(c:finished())
    end)

    it("after the peer's FIN needs only our own to be acknowledged", function()
      local c = tcp.dialled()
      c:receive { flags = "FA" }
      c:close "finish"
      assert.same({ "FA 1" }, c:wire())
      c:receive { seq = 5002, ack = 1002 }
      assert.is_true(c:finished())
    end)
  end)
end)
