-- A connection as protocols see it: blocking to read, raising { outcome = ... } when it ends otherwise than hoped.
--
-- The engine (or a spec's scripted peer) supplies the primitives; this module gives them their public form.
--   primitives.send(conn, ...)    -> true | nil, outcome       queues strings as one; never waits. A third result: the type
--                                                              of an argument that is none
--   primitives.wait(conn, n)      -> count | nil, outcome      suspends until n unread bytes are there
--   primitives.peek(conn, n, skip)-> string                    at most n unread bytes, left in place, after `skip` others (0)
--   primitives.take(conn, n)      -> string                    at most n unread bytes, consumed
--   primitives.close(conn)        -> nothing                   ends our side in good order (FIN)
--   primitives.random(conn, n)    -> string                    n bytes drawn from the scan's seed
--   primitives.sleep(conn, s)     -> nothing                   suspends for s seconds, not beyond the deadline
--   primitives.start_tls(conn, options) -> true | nil, outcome, what   suspends until TLS is up; nothing may be unread
--   primitives.tls(conn, host)    -> table                     what the TLS session says, with a certificate for host
-- Fields: conn.full (the handshake is to be run to its end, not only to the first answer), conn.host (the name the user
-- gave, or the address as text), conn.port, conn.inside (the handshake began inside TLS) and conn.redirects (how many a policy or
-- --redirects lets http follow; nil: none).
-- Outcomes: "timeout", "closed", "reset", "overflow", "no_ack", "zero_window", and "answered": the scan wanted the
-- first answer only and has it.

local failure = { __tostring = function(self) return self.outcome end }

local function raise(outcome, what)
  error(setmetatable({ outcome = outcome, what = what }, failure), 0)
end

local LINE_MAX = 4096      -- bytes of one line, its end included
local UNTIL_MAX = 65536    -- default cap of receive_until
local SOME_MAX = 65536     -- default cap of receive_some

local TLS_OPTIONS = {
  sni = true, alpn = true, min = true, max = true, ciphers = true, groups = true, verify = true, der = true, tds = true,
}

-- The name to ask for (RFC 6066 section 3): an address is none, and the root's dot is left out.
local function server_name(host)
  if host:find "%a" and not host:find(":", 1, true) then return (host:gsub("%.$", "")) end
end

-- The one text a pattern matches, where it is no more than that (with escapes such as "%]" and "%z"); nil for others.
local function literal(pattern)
  local bare = pattern:gsub("%%z", ""):gsub("%%%p", "")
  if bare == "" and pattern == "" or bare:find "[%^%$%(%)%%%.%[%]%*%+%-%?]" then return nil end
  return (pattern:gsub("%%z", "\0"):gsub("%%(%p)", "%1"))
end

return function(primitives)
  local start_tls, tls_facts = primitives.start_tls, primitives.tls
  local send, wait, peek, take, close =
    primitives.send, primitives.wait, primitives.peek, primitives.take, primitives.close
  local conn = {}

  -- Suspends until n unread bytes are there; raises when they never will be.
  local function await(self, n)
    local count, outcome = wait(self, n)
    if not count then raise(outcome) end
    return count
  end

  -- A length that is none (a protocol's miscalculation) must not reach the primitives: an error at the protocol's line.
  local function check_length(n)
    if type(n) ~= "number" or n < 0 or n % 1 ~= 0 then error(tostring(n) .. " is no length", 3) end
  end

  -- Sends all its arguments, in order, in one go. The first send of a handshake rides on the ACK.
  function conn:send(...)
    local ok, outcome, wrong = send(self, ...)
    if wrong then error("conn:send takes strings, not a " .. wrong, 2) end
    if not ok then raise(outcome) end
  end

  -- Exactly n bytes.
  function conn:receive(n)
    check_length(n)
    if n == 0 then return "" end
    await(self, n)
    return take(self, n)
  end

  -- What is there, at least 1 and at most max bytes; waits only while there is nothing.
  function conn:receive_some(max)
    await(self, 1)
    return take(self, max or SOME_MAX)
  end

  -- The same, but nil once the peer has ended its side in good order and all has been read.
  function conn:receive_more(max)
    local count, outcome = wait(self, 1)
    if count then return take(self, max or SOME_MAX) end
    if outcome ~= "closed" then raise(outcome) end
  end

  -- Everything up to and including the first match of a Lua pattern, within max bytes.
  -- Returns the bytes and the pattern's captures.
  function conn:receive_until(pattern, max)
    max = max or UNTIL_MAX
    local count, text = await(self, 1), nil
    while true do
      local found = { peek(self, max):find(pattern) }
      if found[2] then return take(self, found[2]), unpack(found, 3) end
      text = text or literal(pattern)
      repeat   -- bytes may come one by one: where the pattern is a text, only the new ones are looked at
        if count >= max then raise "overflow" end
        local seen = count
        count = await(self, seen + 1)
        local skip = text and math.max(0, seen - #text + 1)
      until not text or peek(self, count - skip, skip):find(text, 1, true)
    end
  end

  -- One line without its end (LF, with or without CR before it), of at most max bytes.
  function conn:receive_line(max)
    local line = self:receive_until("\n", max or LINE_MAX)
    return (line:gsub("\r?\n$", ""))
  end

  -- The next n bytes (all of them must come), left in place.
  function conn:peek(n)
    check_length(n)
    if n == 0 then return "" end
    await(self, n)
    return peek(self, n)
  end

  -- Puts TLS on the connection: from here on, everything is inside. Options, all of them optional:
  --   sni = name to ask for, false for none (conn.host where it is a name), alpn = "h2,http/1.1",
  --   min, max = "TLSv1.0" to "TLSv1.3", ciphers, groups = lists as OpenSSL writes them,
  --   verify = false: do not check the chain, der = true: give the whole chain's bytes in base64,
  --   tds = true: the handshake's records travel in packets of TDS, up to TLS 1.2.
  -- Returns what the session says (docs/reference/records.md); a certificate that does not verify is no failure. Raises
  -- outcome "tls" with the alert or the reason, also where the server has said more than was read before TLS began.
  function conn:start_tls(options)
    local chosen = {}
    for key, value in next, options or {} do
      if not TLS_OPTIONS[key] then error(("start_tls has no option '%s'"):format(tostring(key)), 2) end
      chosen[key] = value
    end
    if chosen.sni == nil then chosen.sni = server_name(self.host) end
    local up, outcome, what = start_tls(self, chosen)
    if not up then raise(outcome, what) end
    return tls_facts(self, self.host)
  end

  -- Ends our side in good order; nothing can be sent afterwards.
  function conn:close()
    close(self)
  end

  conn.random, conn.sleep = primitives.random, primitives.sleep

  return conn
end
