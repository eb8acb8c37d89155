-- A target as policies see it: target:try(name) makes one attempt and says what came of it.

local target = {}
target.__index = target

local DATA_MAX = 4096        -- bytes of an answer that signatures see and a record keeps
local ATTEMPTS_MAX = 256     -- per target, so that a policy's loop ends
local SETTLE_QUIET = 0.5     -- seconds without a further byte after which an answer is taken to be whole
local SETTLE_TURNS = 8       -- how often an answer may go on

-- context: what all targets of a scan share: primitives (of conns), protocols, identify(bytes, hints), connect(address,
-- port), options (full, timeout), handshakes (all names), expected(port), observe(what).
function target.new(context, address, port, conn)
  return setmetatable({
    context = context, address = address, port = port, attempts = {},
    conn = conn, syn_ack = conn and context.primitives.syn_ack(conn) or nil,
    expected = context.expected(port), handshakes = context.handshakes, connections = conn and 1 or 0,
  }, target)
end

-- A script may fail in any way it likes; what it raised becomes an outcome and, unless it was one, a sentence.
local function outcome_of(ok, raised)
  if ok then return "done" end
  if type(raised) == "table" and type(raised.outcome) == "string" then return raised.outcome, raised.what end
  return "script_error", tostring(raised)
end

-- The conn to use: the open one while nothing has been said on it by either side (or, with `keep`, by us), else a new one.
-- Returns conn, reused; or nil and an outcome.
function target:connection(fresh, keep)
  local primitives = self.context.primitives
  local conn = self.conn
  if conn then
    local _, _, _, _, _, _, sent, received = primitives.facts(conn)
    local good = not primitives.state(conn) or (keep and received > 0)
    if not fresh and good and sent == 0 and (keep or received == 0) then
      return conn, self.used
    end
    primitives.abort(conn)
    self.conn = nil
  end
  local outcome
  conn, outcome = self.context.connect(self.address, self.port)
  if not conn then return nil, outcome end
  self.conn, self.used = conn, false
  self.connections = self.connections + 1
  return conn, false
end

-- Waits until an answer that no signature knows yet seems whole, looking at it again each time it grows.
function target:settle(conn, hints)
  local primitives, identify = self.context.primitives, self.context.identify
  local data = primitives.data(conn, DATA_MAX)
  local service, services, fields = identify(data, hints)
  for _ = 1, SETTLE_TURNS do
    if service or #data == 0 or #data >= DATA_MAX then break end
    local unread = primitives.unread(conn)
    local count = primitives.linger(conn, unread + 1, SETTLE_QUIET)
    if not count or count <= unread then break end
    data = primitives.data(conn, DATA_MAX)
    service, services, fields = identify(data, hints)
  end
  return data, service, services, fields
end

local function run_handshake(self, protocol, conn, full)
  local primitives = self.context.primitives
  local record = {}
  local seconds = self.context.options.timeout or protocol.timeout
  if self.context.host then primitives.set(conn, "host", self.context.host) end
  primitives.begin(conn, seconds, not full)
  local outcome, what = outcome_of(pcall(protocol.handshake, conn, record))
  return outcome, what, record
end

-- What the attempt cost and what the wire showed, from the connection's facts before and after.
local function measure(attempt, before, primitives, conn)
  local acked, packets, _, bytes, _, rtt, queued, _, window = primitives.facts(conn)
  attempt.sent = queued > before.queued
  attempt.acked = attempt.sent and acked or false
  attempt.packets = packets - before.packets
  attempt.bytes = bytes - before.bytes
  attempt.rtt = rtt
  attempt.window = window
  attempt.reset_payload = primitives.reset_payload(conn)
end

local function facts_before(primitives, conn, reused)
  if not reused then return { packets = 0, bytes = 0, queued = 0 } end
  local _, packets, _, bytes, _, _, queued = primitives.facts(conn)
  return { packets = packets, bytes = bytes, queued = queued }
end

-- Tries one protocol's handshake. options (may be nil): full = run it to its end instead of stopping at the first
-- answer; fresh = on a new connection even where the open one would do.
-- Returns an attempt: { handshake, opened, outcome, sent, acked, service, services, fields, data, rtt, packets, bytes }.
function target:try(name, options)
  local context = self.context
  local protocol = context.protocols[name]
  if not protocol then error(("there is no protocol '%s'"):format(tostring(name)), 2) end
  if #self.attempts >= ATTEMPTS_MAX then error(("more than %d attempts"):format(ATTEMPTS_MAX), 2) end
  options = options or {}
  local full = options.full
  if full == nil then full = context.options.full end

  local attempt = { handshake = name, opened = false }
  self.attempts[#self.attempts + 1] = attempt
  context.observe("trying " .. name .. (full and " to its end" or ""))
  local conn, reused = self:connection(options.fresh, options.keep)
  if not conn then
    attempt.outcome = reused
    context.observe(name .. ": " .. reused)
    return attempt
  end
  attempt.opened, attempt.reused = true, reused or nil
  local primitives = context.primitives
  local before = facts_before(primitives, conn, reused)
  self.used = true

  local outcome, what, record = run_handshake(self, protocol, conn, full)
  attempt.outcome = outcome
  local hints = { handshake = name, port = self.port, sent = primitives.said(conn) }
  local data, service, services, fields = self:settle(conn, hints)
  context.observe(("%s: %s%s%s"):format(name, outcome, what and " (" .. tostring(what) .. ")" or "",
    service and ", the bytes say " .. service or ""))
  measure(attempt, before, primitives, conn)
  if #data > 0 then
    attempt.data, attempt.service, attempt.services = data, service, services
    if full and service == name then
      attempt.fields = record
      for key, value in pairs(fields or {}) do
        if record[key] == nil then record[key] = value end
      end
    else
      attempt.fields = fields
    end
  end
  if outcome == "script_error" then
    attempt.error = what
    error(what, 0)
  end
  attempt.what = what
  if full and outcome == "done" and attempt.data then
    primitives.close(conn)   -- the protocol ended well: FIN, not RST
    self.conn = nil
  end
  return attempt
end

-- The same host on another port: a target of its own, without a connection yet, whose attempts are not in this record.
function target:at(port)
  local other = target.new(self.context, self.address, port)
  other.host = self.host
  return other
end

-- Lets go of the connection, when there is one.
function target:close()
  if self.conn then
    self.context.primitives.abort(self.conn)
    self.conn = nil
  end
end

-- The attempt that names the service, or the last one that got data.
function target:best()
  local with_data
  for _, attempt in ipairs(self.attempts) do
    if attempt.service then return attempt end
    if attempt.data then with_data = attempt end
  end
  return with_data
end

-- What was learnt of the service: the signature's fields, and those of the finished handshake over them.
function target:fields()
  local best, fields = self:best(), {}
  for _, attempt in ipairs(self.attempts) do
    if attempt.fields and attempt.service == (best and best.service) then
      for key, value in pairs(attempt.fields) do fields[key] = value end
    end
  end
  return fields
end

-- With --full: the identified service's own handshake, run to its end, on the same connection where nothing was sent.
function target:complete()
  local best = self:best()
  local service = best and best.service
  if not service or not self.context.protocols[service] then return end
  if best.handshake == service and best.outcome == "done" then return end
  local attempt = self:try(service, { full = true, keep = true })
  attempt.follow_up = true
end

return target
