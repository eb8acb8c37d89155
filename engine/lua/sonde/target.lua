-- A target: its connection, its attempts, and what a policy sees of it (target.handle).

local failure = require "sonde.failure"
local inside = require "sonde.inside"
local record = require "sonde.record"
local signature = require "sonde.signature"

local target = {}
target.__index = target

local DATA_MAX = 4096        -- bytes of an answer that signatures see and a record keeps
local ATTEMPTS_MAX = 256     -- per target, those at its other ports included, so that a policy's loop ends
local SETTLE_QUIET = 0.5     -- seconds without a further byte after which an answer is taken to be whole
local SETTLE_TURNS = 8       -- how often an answer may go on
local FOLLOW_UP = { 0, 5 }   -- seconds before each new connection of a follow-up
local FOLLOW_UP_MAX = 16     -- how many such
local DELAY_MAX = 3600       -- seconds
local SYN_ACK_AGAIN = 1.25   -- seconds after its SYN-ACK within which who misses our ACK has sent it again (RFC 6298: after 1)

-- context: what all targets of a scan share: primitives (of conns), protocols, identify(bytes, handshake, port, said) (what it
-- returns, with service, services and fields, is not changed here), connect(address, port, retries), options (full, timeout,
-- follow_up), handshake(f, conn, fields) (true; or false, what was raised and the thread; or nil and the outcome of a handshake
-- for the first answer only), handshakes (all names), expected(port), observe(what) or nil, array(list), now(), recorded,
-- host_of(address) and known_host(address) (what policies remember of a host; the latter makes none).
function target.new(context, address, port, conn)
  local self = setmetatable({
    context = context, address = address, port = port, attempts = {}, conn = conn, first = conn, used = false,
    began_ns = context.now(),
  }, target)   -- eight members: as many as a table of its size takes, and what few targets need comes later
  if context.recorded then
    self.connects = {}
    if conn then self:note_connection(conn) end
  end
  return self
end

-- What the SYN-ACK said; nil where nobody knows.
function target:syn_ack()
  return self.first and self.context.primitives.syn_ack(self.first)
end

-- What policies have remembered of the host, where they have.
function target:known_host()
  return self.host or self.context.known_host(self.address)
end

-- Whether the open connection will do: while nothing has been said on it by either side (or, with `keep`, by us), and with
-- `fresh` only where no handshake has been tried on it.
function target:continues(fresh, keep)
  local primitives, conn = self.context.primitives, self.conn
  if not conn or fresh and self.used then return false end
  local _, _, _, _, _, _, sent, received = primitives.facts(conn)
  local good = not primitives.state(conn) or (keep and received > 0)
  return good and sent == 0 and (keep or received == 0)
end

-- The conn to use: the open one where it will do, else a new one. retries: how often SYNs and data are sent again on it, or nil.
-- Returns conn, reused; or nil and an outcome.
function target:connection(fresh, keep, retries)
  local primitives = self.context.primitives
  local conn = self.conn
  if conn then
    if self:continues(fresh, keep) then
      if retries then primitives.persist(conn, retries) end
      return conn, self.used
    end
    primitives.abort(conn)
    self.conn = nil
  end
  local now, connects = self.context.now, self.connects
  local asked_ns = now()
  local new, outcome, packets, bytes = self.context.connect(self.address, self.port, retries)
  conn = new
  if not conn then
    if connects then
      connects[#connects + 1] = { outcome = outcome, after_ns = now() - asked_ns, packets = packets, bytes = bytes }
    end
    return nil, outcome, packets, bytes
  end
  if connects then self:note_connection(conn, now() - asked_ns) end
  self.conn, self.used, self.opened_ns = conn, false, now()
  return conn, false
end

-- Remembers what opening a connection took, for recordings.
function target:note_connection(conn, after_ns)
  local primitives = self.context.primitives
  local _, packets, received, bytes, received_bytes, rtt, _, _, window = primitives.facts(conn)
  local _, _, _, local_port = primitives.endpoints(conn)
  local rtt_ns = rtt and math.floor(rtt * 1e9 + 0.5)
  self.connects[#self.connects + 1] = {
    outcome = "opened", after_ns = after_ns or rtt_ns or 0, rtt_ns = rtt_ns, packets = packets, bytes = bytes,
    received = received, received_bytes = received_bytes, window = window, local_port = local_port,
  }
end

-- Waits until an answer that no signature knows yet seems whole, looking at it again each time it grows.
-- quiet: seconds. Returns the answer, and what identify says of it.
function target:settle(conn, handshake, turns, quiet)
  local primitives, identify = self.context.primitives, self.context.identify
  local data = primitives.data(conn, DATA_MAX)
  if data == "" then return data end
  local said = primitives.said(conn)
  local found = identify(data, handshake, self.port, said)
  for _ = 1, turns do
    if found.service or #data == 0 or #data >= DATA_MAX then break end
    local unread = primitives.unread(conn)
    local count = primitives.linger(conn, unread + 1, quiet)
    if not count or count <= unread then break end
    data = primitives.data(conn, DATA_MAX)
    found = identify(data, handshake, self.port, said)
  end
  return data, found
end

-- What came of a handshake of which context.handshake returned ok, raised, thread: outcome, what there is to say about it, and
-- the fields.
local function outcome_of(self, protocol, learnt, ok, raised, thread)
  local fields, problem = record.plain(learnt, protocol, self.context.array)
  local outcome, what = ok and "done" or raised, nil
  if ok == false then outcome, what = failure.of_handshake(raised, thread) end
  if problem and outcome ~= "script_error" then outcome, what = "script_error", problem end
  if outcome == "script_error" then what = failure.of_function(protocol.handshake, what) end
  return outcome, what, fields
end

local function facts_before(primitives, conn)
  local _, packets, _, bytes, _, _, queued = primitives.facts(conn)
  return { packets = packets, bytes = bytes, queued = queued }
end

local OPTIONS = {
  full = "boolean", fresh = "boolean", keep = "boolean", timeout = "number", why = "string", syn_ack_again = "number",
  settle = "number", retries = "number",
  redirects = "number",
}
local RETRIES_MAX = 15   -- as of --retries
local SECONDS = { "syn_ack_again", "settle" }
local WHY_MAX = 200   -- bytes of a reason
local NOTE_MAX, NOTES_MAX = 1024, 16   -- bytes of one; of a policy's own on one target
local NONE = {}

-- Raises at the line that called whoever calls this.
local function check_try(self, name, options)
  if not self.context.protocols[name] then error(("there is no protocol '%s'"):format(tostring(name)), 3) end
  if options ~= nil and type(options) ~= "table" then error("the options of try are a table", 3) end
  for key, value in next, options or NONE do
    if not OPTIONS[key] then error(("try has no option '%s'"):format(tostring(key)), 3) end
    if type(value) ~= OPTIONS[key] then error(("the option '%s' of try is a %s"):format(key, OPTIONS[key]), 3) end
  end
  local timeout = options and options.timeout
  if timeout and (timeout ~= timeout or timeout <= 0) then error("the timeout of try is more than 0", 3) end
  local retries = options and options.retries
  if retries and not (retries >= 0 and retries <= RETRIES_MAX and retries % 1 == 0) then
    error(("the option 'retries' of try is a whole number up to %d"):format(RETRIES_MAX), 3)
  end
  for _, key in ipairs(SECONDS) do
    local seconds = options and options[key]
    if seconds and (seconds ~= seconds or seconds < 0) then
      error(("the option '%s' of try is not less than 0"):format(key), 3)
    end
  end
  local root = self.root or self
  if #root.attempts + (root.elsewhere or 0) >= ATTEMPTS_MAX then error(("more than %d attempts"):format(ATTEMPTS_MAX), 3) end
end

-- The attempt that began as `begun`, with what came, what it cost and what the wire showed. turns: how often to wait for more.
local function conclude(self, begun, conn, outcome, turns)
  local primitives, before = self.context.primitives, begun.before
  local data, found = self:settle(conn, begun.handshake, turns, begun.settle)
  local acked, packets, _, bytes, _, rtt, queued, _, window = primitives.facts(conn)
  local repeats, _, opened_after, window_least = primitives.behaviour(conn)
  local packets_before, bytes_before, queued_before = 0, 0, 0
  if before then packets_before, bytes_before, queued_before = before.packets, before.bytes, before.queued end
  local sent = queued > queued_before
  local attempt = {
    handshake = begun.handshake, opened = true, inside = begun.inside, why = begun.why, reused = begun.reused,
    outcome = outcome, what = nil, error = nil, sent = sent, acked = sent and acked or false,
    packets = packets - packets_before, bytes = bytes - bytes_before, rtt = rtt, window = window, window_least = window_least,
    reset_payload = primitives.reset_payload(conn), data = nil, service = nil, services = nil, fields = nil, found = found,
    seconds = (self.context.now() - begun.began_ns) / 1e9,
  }
  if repeats > 0 then attempt.syn_ack_repeats = repeats end
  attempt.window_opened = opened_after
  if found then
    attempt.data, attempt.service, attempt.services, attempt.fields = data, found.service, found.services, found.fields
    if not found.service then attempt.echo = signature.is_echo(data, primitives.said(conn)) or nil end
  end
  self.attempts[#self.attempts] = attempt
  return attempt
end

-- What a protocol reads out of the first bytes of an answer to it, where these are all there is.
local function learn(attempt, protocol, array)
  local learnt = {}
  pcall(protocol.learn, attempt.data, learnt)
  return (record.plain(learnt, protocol, array))
end

-- A handshake that ran to its end knows more than the signature does.
local function add_learnt(attempt, protocol, outcome, learnt)
  local service = protocol.service or protocol.name
  if attempt.service ~= service and (attempt.service or outcome ~= "done") then return end
  for key, value in pairs(attempt.fields or {}) do
    if learnt[key] == nil then learnt[key] = value end
  end
  attempt.fields = learnt
end

-- An echo is no service's answer but that of the service that echoes (RFC 862), and of its own handshake.
local function prove_echo(attempt, protocol, outcome, full)
  if not (protocol.echoes and attempt.echo) or full and outcome ~= "done" then return end
  attempt.service = protocol.service or protocol.name
  attempt.services = { attempt.service }
end

-- Notes what TLS says, where the handshake started it, and asks inside, where nothing was said before it.
local function look_inside(self, attempt, conn, more)
  local primitives = self.context.primitives
  local facts = primitives.tls(conn, conn.host)
  attempt.tls = facts and next(facts) and facts
  if not attempt.tls or attempt.outcome ~= "done" or attempt.tls.starttls or more.bare then return end
  inside(self, attempt.handshake)
  attempt.tls = primitives.tls(conn, conn.host)   -- session tickets come after the handshake
end

-- There is no connection for this attempt: `outcome` says why.
local function not_opened(self, attempt, outcome)
  if self.conn then self:close() end
  attempt.opened, attempt.reused, attempt.outcome = false, nil, outcome
  attempt.connection = self.connects and #self.connects
  if self.context.observe then self.context.observe(attempt.handshake .. ": " .. outcome) end
  return attempt
end

-- Whether TLS is on the open connection, and works.
function target:is_secured()
  local primitives, conn = self.context.primitives, self.conn
  return conn and not primitives.state(conn) and primitives.tls(conn) ~= nil
end

-- The reason that an attempt keeps of its options.
function target.why_of(options)
  local why = options and options.why
  return type(why) == "string" and why:sub(1, WHY_MAX) or nil
end

-- An attempt as it begins: `opened` where its handshake can be run on self.conn; else it has come to nothing.
local function begin(self, name, options, more)
  local context = self.context
  local protocol, primitives = context.protocols[name], context.primitives
  local full = options.full
  if full == nil then full = context.options.full end

  local attempt = { handshake = name, opened = false, full = full or false, reused = nil }
  if more.inside then attempt.inside = true end
  attempt.why = target.why_of(options)
  self.attempts[#self.attempts + 1] = attempt
  if self.root then self.root.elsewhere = (self.root.elsewhere or 0) + 1 end
  local observe = context.observe
  if observe then observe("trying " .. name .. (more.inside and " inside TLS" or "") .. (full and " to its end" or "")) end
  local conn, reused = self.conn, true
  if not more.inside then
    conn, reused, attempt.packets, attempt.bytes = self:connection(options.fresh, options.keep, options.retries)
  end
  if not conn then return not_opened(self, attempt, reused) end
  self.used = true
  if reused then attempt.reused, attempt.before = true, facts_before(primitives, conn) end
  if context.host then primitives.set(conn, "host", context.host) end
  local redirects = full and (options.redirects or context.options.redirects)
  if redirects then primitives.set(conn, "redirects", redirects) end
  if more.inside then primitives.set(conn, "inside", true) end
  local seconds = options.timeout or more.seconds or context.options.timeout or protocol.timeout
  local begun, refusal = primitives.begin(conn, seconds, not full, name, context.recorded)
  if not begun then return not_opened(self, attempt, refusal) end
  attempt.opened, attempt.began_ns = true, context.now()
  attempt.syn_ack_again, attempt.settle = options.syn_ack_again or SYN_ACK_AGAIN, options.settle or SETTLE_QUIET
  return attempt
end

-- Nothing was acknowledged: waits until the SYN-ACK has come again, if it is going to. Returns the outcome: an
-- acknowledgement that comes meanwhile makes it a mere timeout.
local function await_repeat(self, conn, seconds)
  local primitives = self.context.primitives
  local left = seconds - (self.context.now() - (self.opened_ns or self.began_ns)) / 1e9
  if left > 0 then pcall(primitives.sleep, conn, left) end
  return primitives.facts(conn) and "timeout" or "no_ack"
end

-- The rest of target:try, once the handshake is over.
local function finish(self, begun, more, learnt, ok, raised, thread)
  local context, conn, full = self.context, self.conn, begun.full
  local protocol, primitives, observe = context.protocols[begun.handshake], context.primitives, context.observe
  local outcome, what, fields = outcome_of(self, protocol, learnt, ok, raised, thread)
  if outcome == "no_ack" then outcome = await_repeat(self, conn, begun.syn_ack_again) end
  local attempt = conclude(self, begun, conn, nil, SETTLE_TURNS)
  prove_echo(attempt, protocol, outcome, full)
  if self.connects then attempt.trace, attempt.connection = primitives.trace(conn), #self.connects end
  if protocol.learn and attempt.data then
    add_learnt(attempt, protocol, outcome, learn(attempt, protocol, context.array))
  end
  if full and attempt.data then add_learnt(attempt, protocol, outcome, fields) end
  attempt.outcome = outcome
  if observe then
    observe(("%s: %s%s%s"):format(protocol.name, outcome, what and " (" .. what .. ")" or "",
      attempt.service and ", the bytes say " .. attempt.service or ""))
  end
  if outcome == "script_error" then
    attempt.error = what
    error(what, 0)
  end
  attempt.what = what
  if not more.inside then look_inside(self, attempt, conn, more) end
  local own = protocol.service or protocol.name
  local another = attempt.service ~= own and context.protocols[attempt.service]   -- see complete()
  if full and outcome == "done" and attempt.data and self.conn == conn and not more.bare and not another then
    primitives.close(conn)   -- the protocol ended well: FIN, not RST
    self.conn = nil
  end
  return attempt
end

-- Tries one protocol's handshake. options (may be nil): full = run it to its end instead of stopping at the first
-- answer; fresh = on a new connection even where the open one would do; keep = on the open one even where the server has
-- spoken; timeout = seconds for this attempt; why = what the record says of the choice.
-- more, for the engine itself (may be nil): inside = in the open TLS session; seconds = timeout; bare = TLS may come up,
-- but nothing is asked inside.
-- Returns an attempt: { handshake, opened, outcome, sent, acked, service, services, fields, data, rtt, packets, bytes }.
function target:try(name, options, more)
  check_try(self, name, options)
  local begun, learnt = begin(self, name, options or NONE, more or NONE), {}
  if not begun.opened then return begun end
  -- Frames are kept small here: this is where most of a scan's coroutines wait.
  local context = self.context
  return finish(self, begun, more or NONE, learnt, context.handshake(context.protocols[name].handshake, self.conn, learnt))
end

-- What follows is for targets that were brief so far (sonde.brief). first: the first connection, or a closed one that knows
-- of it; then the present one, and how long ago, in ns, the target answered, the connection opened and the last question was
-- asked; where that was on an earlier attempt's, the packets and bytes that had been sent on it.
function target:was_brief(first, conn, answered_ns, opened_ns, asked_ns, packets, bytes)
  local now = self.context.now()
  self.first, self.conn, self.began_ns = first, conn, now - answered_ns
  self.opened_ns, self.asked_ns = now - opened_ns, now - asked_ns
  self.before = packets and { packets = packets, bytes = bytes, queued = 0 }
end

-- An attempt that came to nothing.
function target:has_tried(attempt)
  self.used, attempt.seconds = true, 0
  self.attempts[#self.attempts + 1] = attempt
  return attempt
end

-- The handshake `name` has begun; or, where it is not `opened`, waits for its connection.
function target:has_begun(name, options, opened)
  self.used = opened
  self.attempts[#self.attempts + 1] = {
    handshake = name, opened = opened, full = false, why = target.why_of(options), began_ns = self.asked_ns,
    reused = opened and self.before and true or nil, before = opened and self.before or nil,
    syn_ack_again = options and options.syn_ack_again or SYN_ACK_AGAIN, settle = options and options.settle or SETTLE_QUIET,
  }
end

-- The same where that handshake is over.
function target:go_on(learnt, ok, what, thread)
  return finish(self, self.attempts[#self.attempts], NONE, learnt or {}, ok, what, thread)
end

-- The same where its answer named the service: known has that answer, data, what was found in it, and why it was asked for;
-- then the connection's facts.
function target:has_answered(name, known, reused, sent, acked, packets, bytes, rtt, window)
  local found = known.found
  self.used = true
  local attempt = {
    handshake = name, opened = true, reused = reused, outcome = "answered", why = known.why, sent = sent, acked = acked,
    packets = packets, bytes = bytes, rtt = rtt, window = window, data = known.data, found = found, service = found.service,
    services = found.services, fields = found.fields, seconds = 0,
  }
  self.attempts[#self.attempts + 1] = attempt
  return attempt
end

-- The target's coroutine was ended in the middle of an attempt: keeps what came so far. It cannot wait any more.
function target:abandon(outcome)
  local attempt = self.attempts[#self.attempts]
  if not attempt or attempt.outcome then return end
  attempt.outcome = outcome
  if attempt.opened and self.conn then conclude(self, attempt, self.conn, outcome, 0) end
end

-- The same host on another port: a target of its own, without a connection yet, whose attempts are not in this record.
function target:at(port)
  local other = target.new(self.context, self.address, port)
  other.host, other.root = self.host, self.root or self
  return other
end

-- Lets go of the connection, when there is one.
function target:close()
  if self.conn then
    self.context.primitives.abort(self.conn)
    self.conn = nil
  end
end

-- The attempt that names the service, the innermost where there is one inside TLS; or the last one that got data.
function target:best()
  local with_data, named
  for _, attempt in ipairs(self.attempts) do
    if attempt.service and attempt.inside then return attempt end
    named = named or attempt.service and attempt
    if attempt.data then with_data = attempt end
  end
  return named or with_data
end

-- What TLS said, of the first session that came up, or else of the last that did not; nil where none was tried.
function target:tls()
  local last, up
  for _, attempt in ipairs(self.attempts) do
    last = attempt.tls or last
    if not up and attempt.tls and attempt.tls.version then up = attempt.tls end
  end
  return up or last
end

-- The fields of what identify found. Where it is found again and again, they are made JSON once: then this is a text.
function target.fields_of(found, encode)
  if found.seen then found.json = found.json or encode(found.fields) end
  found.seen = true
  return found.json or found.fields
end

-- What was learnt of the service: the signature's fields, and those of the finished handshake over them.
function target:fields(encode)
  local best, attempts = self:best(), self.attempts
  if best == attempts[1] and not attempts[2] and not self.notes then
    local found = best and best.found
    if not found or best.fields ~= found.fields then return best and best.fields or {} end
    return target.fields_of(found, encode)
  end
  local fields = {}
  for _, attempt in ipairs(attempts) do
    if attempt.fields and attempt.service == (best and best.service) then
      for key, value in pairs(attempt.fields) do fields[key] = value end
    end
  end
  for key, value in pairs(self.notes or NONE) do fields[key] = value end
  return fields
end

-- Lets time pass without a connection.
local function pause(self, seconds)
  local primitives, conn = self.context.primitives, self.first
  if seconds == 0 or not conn then return end
  primitives.begin(conn, seconds + 1)   -- a sleep ends with its handshake's deadline
  primitives.sleep(conn, seconds)
end

-- Whether a follow-up came to nothing in a way that another day may mend: the target's doing, and not a byte.
local function is_refused(attempt)
  return not attempt.data and attempt.outcome ~= "local" and attempt.outcome ~= "blocked" and attempt.outcome ~= "done"
end

-- Runs a handshake to its end: on the same connection where nothing was sent, else on new ones, each after a delay, until one is
-- answered. For a server that was asked in another protocol may refuse its own for a while (LZR, section 4.3). Returns the last
-- attempt.
local function follow_up(self, name)
  local attempt
  if self:continues(false, true) then
    attempt = self:try(name, { full = true, keep = true })
    attempt.follow_up = true
    if not is_refused(attempt) then return attempt end
  end
  for _, delay in ipairs(self.delays or self.context.options.follow_up or FOLLOW_UP) do
    self:close()
    pause(self, delay)
    attempt = self:try(name, { full = true, fresh = true })
    attempt.follow_up, attempt.delay = true, delay
    if not is_refused(attempt) then return attempt end
  end
  return attempt
end

-- With --full: the identified service's own handshake, run to its end. Where the best answer came to a protocol that rides on the
-- service (etcd on http) and is at home on a port, that one's, unless it finds that it is something else.
function target:complete()
  local best, protocols = self:best(), self.context.protocols
  local service = best and best.service
  if not service or not protocols[service] or best.inside then return end
  local asked = protocols[best.handshake]
  local rides = asked and asked.service == service and asked.ports[1] and best.outcome ~= "mismatch"
  if (best.handshake == service or rides) and (best.outcome == "done" or best.outcome == "tls") then return end
  local attempt = follow_up(self, rides and best.handshake or service)
  if rides and attempt and attempt.outcome == "mismatch" then follow_up(self, service) end
end

-- With --full: the handshake that starts TLS, of a protocol that needs a connection for it.
function target:secure()
  local best = self:best()
  local protocol = best and self.context.protocols[best.service]
  if not protocol or not self.context.protocols[protocol.secure] or self:tls() then return end
  self:try(protocol.secure, { full = true, fresh = true }).follow_up = true
end

-- --- what a policy sees ----------------------------------------------------------------------------------------------

local function copy(map)
  if type(map) ~= "table" then return map end
  local out = {}
  for key, value in next, map do out[key] = copy(value) end
  return out
end

-- handle -> target, so that a policy cannot reach what other targets share.
local targets = setmetatable({}, { __mode = "k" })
local methods = {}

-- What few policies look at is made when one does.
local made = {
  syn_ack = function(self) return self:syn_ack() end,
  handshakes = function(self) return copy(self.context.handshakes) end,
  expected_also = function(self) return self.context.expected_also(self.port) end,
  host = function(self)
    self.host = self.host or self.context.host_of(self.address)
    return self.host
  end,
}

-- copy -> attempt; what is a table in an attempt is copied when a policy looks at it.
local attempts = setmetatable({}, { __mode = "k" })
local TABLES = { services = true, fields = true, tls = true }
local copied = {
  __metatable = "attempt",
  __index = function(attempt, key)
    local value = TABLES[key] and attempts[attempt] and copy(attempts[attempt][key])
    if not value then return nil end
    rawset(attempt, key, value)
    return value
  end,
}

-- An attempt as a policy sees it.
local function copy_attempt(a)
  local out = setmetatable({
    handshake = a.handshake, opened = a.opened, inside = a.inside, why = a.why, reused = a.reused, outcome = a.outcome,
    what = a.what, sent = a.sent, acked = a.acked, packets = a.packets, bytes = a.bytes, rtt = a.rtt, window = a.window,
    reset_payload = a.reset_payload, data = a.data, service = a.service, echo = a.echo,
    syn_ack_repeats = a.syn_ack_repeats, window_opened = a.window_opened,
  }, copied)
  attempts[out] = a
  return out
end

-- Metatables of attempts that found the same.
local function showing(found)
  return {
    __metatable = "attempt",
    __index = function(attempt, key)
      local value = TABLES[key] and copy(found[key])
      if not value then return nil end
      rawset(attempt, key, value)
      return value
    end,
  }
end

-- The same of one that is a table of its own already, and found what `found` says; nil: nothing.
function target.shown(attempt, found)
  if not found then return setmetatable(attempt, copied) end
  found.shown = found.shown or showing(found)
  return setmetatable(attempt, found.shown)
end

local metatable = {
  __metatable = "target",
  __index = function(handle, key)
    local method = methods[key]
    if method then return method end
    local self, make = targets[handle], made[key]
    if not (self and make) then return nil end
    local value = make(self)
    rawset(handle, key, value)
    return value
  end,
}

local function target_of(handle, method)
  return targets[handle] or error(("call it with a colon: target:%s(...)"):format(method), 3)
end

-- target:try(name, options): see target:try above; the attempt is a copy.
function methods.try(handle, name, options)
  local self = target_of(handle, "try")
  check_try(self, name, options)
  return target.show(handle, self:try(name, options))
end

-- Adds an attempt to those that a policy sees of its target.
function target.show(handle, attempt)
  local shown = copy_attempt(attempt)
  handle.attempts[#handle.attempts + 1] = shown
  return shown
end

-- target:follow_up { seconds, ... }: how long to wait before each new connection on which --full tries the service's own
-- handshake, until one is answered; {}: none.
function methods.follow_up(handle, delays)
  local self = target_of(handle, "follow_up")
  if type(delays) ~= "table" or #delays > FOLLOW_UP_MAX then
    error(("follow_up takes a list of up to %d delays"):format(FOLLOW_UP_MAX), 2)
  end
  local kept = {}
  for i = 1, #delays do
    local seconds = delays[i]
    if type(seconds) ~= "number" or not (seconds >= 0 and seconds <= DELAY_MAX) then
      error(("follow_up takes seconds from 0 to %d"):format(DELAY_MAX), 2)
    end
    kept[i] = seconds
  end
  self.delays = kept
end

-- target:at(port): the same host on another port.
function methods.at(handle, port)
  local self = target_of(handle, "at")
  if type(port) ~= "number" or port % 1 ~= 0 or port < 1 or port > 65535 then
    error(tostring(port) .. " is no port", 2)
  end
  return self:at(port):handle()
end

-- target:note(name, text): a finding of the policy's own, among the record's fields.
function methods.note(handle, name, text)
  local self = target_of(handle, "note")
  if type(name) ~= "string" or not name:find "^[a-z][a-z0-9_]*$" then error("a note's name is made of a-z, 0-9 and _", 2) end
  if type(text) ~= "string" or #text > NOTE_MAX then error(("a note is a text of at most %d bytes"):format(NOTE_MAX), 2) end
  self.notes = self.notes or {}
  if not self.notes[name] then self.noted = (self.noted or 0) + 1 end
  if self.noted > NOTES_MAX then error(("more than %d notes"):format(NOTES_MAX), 2) end
  self.notes[name] = text
end

-- What a policy gets: address, port, expected, expected_also, alone (the scan asks the host on no other port), syn_ack,
-- handshakes (all names), host (what policies remember of it), attempts (so far); try, at, note and follow_up.
function target:handle()
  local handle = setmetatable({
    address = self.address, port = self.port, expected = self.context.expected(self.port), attempts = {},
    alone = self.context.one_port,
  }, metatable)
  targets[handle] = self
  return handle
end

-- The target that a policy sees as this.
function target.of(handle) return targets[handle] end

-- The names of what a policy can call on its target.
function target.methods()
  local names = {}
  for name in pairs(methods) do names[#names + 1] = name end
  return names
end

return target
