-- Exchanges: what a handshake sent and got, byte for byte, in recordings that `sonde probe --save` writes; and their replay
-- by a scripted peer (sonde.peer). The form is in docs/reference/recording.md.
local cjson = require "cjson"
local read_file = require("sonde.loader").read_file

local exchange = {}

local function nanoseconds(seconds) return math.floor(seconds * 1e9 + 0.5) end

-- --- while a probe runs --------------------------------------------------------------------------------------------------

local ENDED = { finished = "closed", reset = "reset" }

local recorder = {}
recorder.__index = recorder

function exchange.recorder() return setmetatable({ all = {} }, recorder) end

local function begin(self, seconds, what)
  self.began, self.inside = seconds, what:find(" inside TLS", 1, true) ~= nil
  self.secured, self.ended = self.inside, nil
  self.current = { handshake = what:match "^trying (%S+)", inside = self.inside or nil, events = {} }
end

local function conclude(self, what, outcome)
  local current = self.current
  current.outcome, current.service = outcome, what:match ", the bytes say (%S+)$"
  current.ended = (outcome == "closed" or outcome == "reset") and outcome or self.ended or "open"   -- in TLS, its alert closes
  local last = current.events[#current.events]
  if outcome == "tls" and last and last.tls == true then last.tls = what:match "^%S+ tls %((.*)%)" or "failed" end
  self.all[#self.all + 1], self.current = current, nil
end

-- What C observes of a probe: the bytes of its handshakes as the handshakes see them, in TLS what is inside.
function recorder:note(seconds, what, bytes)
  local name, outcome = what:match "^([%w_]+): ([%w_]+)"
  if what:find "^trying " then return begin(self, seconds, what) end
  if not self.current then return end
  if name == self.current.handshake then return conclude(self, what, outcome) end
  self.ended = ENDED[what] or self.ended
  local key = what:match "^(%l+) inside TLS$" or not self.secured and (what == "sent" or what == "received") and what
  local event = { after_ns = nanoseconds(seconds - self.began) }
  if what == "starting TLS" then
    self.secured, event.tls = true, true
  elseif key then
    event[key] = bytes
  else
    return
  end
  self.current.events[#self.current.events + 1] = event
end

-- The exchanges as they go into a recording. host: what the user called the target; tls: what its record says of the session.
function recorder:finish(host, tls)
  for _, each in ipairs(self.all) do
    each.host = host
    for _, event in ipairs(each.events) do
      if event.tls == true then event.tls = tls or "failed" end
    end
  end
  return self.all
end

-- --- reading ---------------------------------------------------------------------------------------------------------------

local function bytes_of(event, key, unbase64)
  local text, coded = event[key], event[key .. "_base64"]
  if type(text) == "string" then return text end
  return type(coded) == "string" and unbase64(coded) or nil
end

-- An event with its bytes decoded; nil where it is none.
local function event_of(given, unbase64)
  if type(given) ~= "table" then return end
  local out = { sent = bytes_of(given, "sent", unbase64), received = bytes_of(given, "received", unbase64) }
  if type(given.tls) == "table" or type(given.tls) == "string" then out.tls = given.tls end
  return next(out) and out
end

local ENDINGS = { closed = "close", reset = "reset", open = "silence" }

-- One exchange, checked; nil and what is wrong with it.
local function exchange_of(given, target, unbase64)
  if type(given) ~= "table" or type(given.handshake) ~= "string" or type(given.outcome) ~= "string" then
    return nil, "an exchange needs a handshake and an outcome"
  end
  if not ENDINGS[given.ended] then return nil, "ended is closed, reset or open" end
  local out = {
    handshake = given.handshake, outcome = given.outcome, service = given.service, ended = given.ended, inside = given.inside,
    host = type(given.host) == "string" and given.host or target.address, address = target.address, port = target.port,
    events = {},
  }
  for i, event in ipairs(type(given.events) == "table" and given.events or {}) do
    local checked = event_of(event, unbase64)
    if not checked then return nil, ("event %d has neither sent, nor received, nor tls"):format(i) end
    out.events[i] = checked
  end
  return out
end

-- All exchanges of a recording, in order; nil and a sentence. unbase64: of sonde.core's json.
function exchange.read(path, unbase64)
  local text, message = read_file(path)
  if not text then return nil, message end
  local found, number = {}, 0
  for line in text:gmatch "[^\n]+" do
    number = number + 1
    local ok, target = pcall(cjson.decode, line)
    local wrong = not (ok and type(target) == "table") and "is not JSON"
      or number == 1 and target.recording ~= 1 and "is no recording (or of another version)"
    for _, given in ipairs(not wrong and type(target.exchanges) == "table" and target.exchanges or {}) do
      local read, why = exchange_of(given, target, unbase64)
      wrong = wrong or why
      found[#found + 1] = read
    end
    if wrong then return nil, ("%s line %d: %s"):format(path, number, wrong) end
  end
  if number == 0 then return nil, path .. " is empty" end
  return found
end

-- --- replaying ---------------------------------------------------------------------------------------------------------------

-- The conversation of an exchange: what was sent is expected again, what was received is sent. Where the handshake draws by
-- chance, only as many bytes are expected.
function exchange.conversation(self)
  local steps = {}
  for i, event in ipairs(self.events) do
    if event.sent then
      steps[i] = { event.sent, chance = true }
    else
      steps[i] = event.received or { tls = event.tls }
    end
  end
  return steps
end

-- The options of sonde.peer's run for it.
function exchange.options(self)
  return { host = self.host, port = self.port, ending = ENDINGS[self.ended] }
end

return exchange
