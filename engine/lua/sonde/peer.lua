-- A scripted peer: runs a protocol's handshake on a virtual clock against a conversation, through the real sonde.conn.
-- `sonde test` and the specs of protocols (spec/support/behaves.lua) are made of it.
--
--   local result = peer.run(peer.load "protocols/ssh.lua", { "SSH-2.0-x\r\n", { "SSH-2.0-Sonde_0.1\r\n" }, ... }, options)
--
-- A conversation is a list: a string is sent; { "text" } waits for exactly these bytes from us (with chance = true for any
-- as many, once the handshake has drawn by chance), { n } for any n bytes;
-- { tls = facts } waits for start_tls, which then gives these facts, { tls = "reason" } lets it fail;
-- a function(bytes so far from us) returns a string to send. Or it is a function(p) that calls
--   p.tls(facts or reason), p.send(bytes), p.expect(text), p.receive(n), p.everything(), p.sleep(seconds), p.close(),
--   p.reset(). When it ends, the peer stays silent.
-- Options: chunk = bytes per delivery, or a function that says so each time (everything at once by default);
--   truncate = deliver only so many bytes; ending = "close" or "reset" when it has nothing more to say;
--   full = false: conn.full is false; first_answer = stop at the first bytes, as scans do;
--   deaf = waits are skipped; host, port, seed, redirects, inside.
-- Result: outcome ("done" when the handshake returned), what, record, sent (bytes), first_sent, elapsed (seconds),
--   delivered (bytes), left (bytes the handshake did not consume), wanted (how many bytes more the peer waited for),
--   tls_options (of start_tls, where it was called).
local loader = require "sonde.loader"
local make_conn = require "sonde.conn"
local protocol = require "sonde.protocol"
local sandbox = require "sonde.sandbox"

local RECEIVE_MAX = 256 * 1024      -- as the engine: what one connection may deliver
local INSTRUCTIONS_MAX = 20000000
local WAITS_PER_BYTE, WAITS_MORE = 3, 200
local RECORD_MAX = 256 * 1024

local OUTCOMES = {
  timeout = true, closed = true, reset = true, overflow = true, mismatch = true, answered = true, tls = true,
}

local HELLO = "\22\3\1\0\17\1\0\0\13a ClientHello"   -- what start_tls is seen to send

local peer = { HELLO = HELLO }

-- f(...), which must not take more instructions than a handshake may.
function peer.limited(f, ...)
  debug.sethook(function() error("it runs for too long", 0) end, "", INSTRUCTIONS_MAX)
  local ok, result, more = pcall(f, ...)
  debug.sethook()
  if not ok then error(result, 0) end
  return result, more
end

-- A protocol, checked as the engine does; without pcall, since outcomes are not for it to catch, and not compiled to machine
-- code, so that its loops can be counted. Raises a sentence where it cannot be had.
function peer.load(path)
  local text, unreadable = loader.read_file(path)
  if not text then error(unreadable, 0) end
  local environment = sandbox.environment()
  environment.pcall, environment.xpcall = nil, nil
  local chunk, broken = sandbox.compile(text, path, environment)
  if not chunk then error(broken, 0) end
  jit.off(chunk, true)
  local checked, wrong = protocol.check(path, peer.limited(chunk))
  if not checked then error(wrong, 0) end
  return checked
end

-- Numbers 0 <= x < n, the same for the same seed (Lehmer's generator, with Park and Miller's numbers).
function peer.random(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 16807 % 2147483647
    return math.floor(state / 2147483647 * n)
  end
end

-- The far side, as a coroutine: yields what it does, is resumed with the bytes it waits for.
local function start_peer(conversation, deaf)
  local p = {}
  function p.send(bytes) coroutine.yield("send", bytes) end
  function p.receive(n) return coroutine.yield("receive", n) end
  function p.sleep(seconds) coroutine.yield("sleep", seconds) end
  function p.tls(answer) coroutine.yield("tls", answer) end
  function p.close() coroutine.yield "close" end
  function p.reset() coroutine.yield "reset" end
  function p.everything() return coroutine.yield "everything" end
  function p.expect(text, chance)
    local bytes = deaf and text or p.receive(#text)
    if bytes ~= text and not (chance and coroutine.yield "drawn") then
      error(("the peer expected %q, not %q"):format(text, bytes), 0)
    end
  end
  if type(conversation) == "function" then return coroutine.create(function() conversation(p) end) end
  return coroutine.create(function()
    for _, step in ipairs(conversation) do
      if type(step) == "function" then step = step(p.everything()) end
      if type(step) == "string" then
        p.send(step)
      elseif step.tls then
        p.tls(step.tls)
      elseif type(step[1]) == "string" then
        p.expect(step[1], step.chance)
      elseif not deaf then
        p.receive(step[1])
      end
    end
  end)
end

local LIST_OF = { ["list of strings"] = "string", ["list of numbers"] = "number" }

local function field_size(name, value, wanted)
  local item = LIST_OF[wanted]
  if type(value) ~= (item and "table" or wanted) then error(("field %s is no %s"):format(name, wanted), 0) end
  if value ~= value or value == math.huge or value == -math.huge then error(("field %s is no finite number"):format(name), 0) end
  if type(value) == "string" then return #value end
  if not item then return 8 end
  local size, count = 0, 0
  for index, each in pairs(value) do
    if type(index) ~= "number" or type(each) ~= item then error(("field %s is no %s"):format(name, wanted), 0) end
    size, count = size + (item == "string" and #each or 8), count + 1
  end
  if count == 0 or count ~= #value then error(("field %s is an empty or broken list"):format(name), 0) end
  return size
end

-- Every field is declared, has the type its description states, and all together are bounded.
function peer.check_record(proto, record)
  local size = 0
  for name, value in pairs(record) do
    local description = proto.fields[name]
    if not description then error(("field %s is not declared"):format(tostring(name)), 0) end
    size = size + field_size(name, value, protocol.type(description))
  end
  if size > RECORD_MAX then error("the record is too large", 0) end
end

-- State of one run: what the peer still has to say, what has arrived, and how it will end.
local function new_run(proto, conversation, options)
  return {
    proto = proto, options = options, timeout = proto.timeout, clock = 0,
    script = start_peer(conversation, options.deaf), script_read = 0,
    pending = "", buffer = "", consumed = 0, delivered = 0, ended = nil, pending_end = nil,
    sent = {}, sent_bytes = "", finished = false, over = false, waits = 0,
    random = peer.random(options.seed or 1), drawn = false, wanted = 0,
  }
end

-- Bytes that have arrived and were not consumed. The consumed ones are cut off the buffer only when they are most of it:
-- a handshake that reads byte by byte would otherwise copy all of it each time.
local function unread(run) return #run.buffer - run.consumed end

local function consume(run, n)
  run.consumed = math.min(run.consumed + n, #run.buffer)
  if run.consumed > #run.buffer / 2 then run.buffer, run.consumed = run.buffer:sub(run.consumed + 1), 0 end
end

local function primitives_of(run)
  local primitives = {}
  local function alive()
    if run.over then error("the handshake is over, and yet something of it runs", 0) end
  end
  function primitives.send(_, ...)
    local bytes = select("#", ...) == 1 and (...) or table.concat { ... }
    alive()
    if type(bytes) ~= "string" then error("only strings can be sent", 0) end
    if run.ended and run.ended ~= "closed" then return nil, run.ended end
    if run.finished then return nil, "closed" end
    run.sent[#run.sent + 1] = bytes
    run.sent_bytes = run.sent_bytes .. bytes
    return true
  end
  function primitives.wait(_, n)
    alive()
    run.waits = run.waits + 1
    if run.waits > WAITS_PER_BYTE * run.delivered + WAITS_MORE then error("the handshake goes round in circles", 0) end
    while true do
      if run.options.first_answer and run.delivered > 0 then return nil, "answered" end
      if unread(run) >= n then return unread(run) end
      if run.ended then return nil, run.ended end
      coroutine.yield()
    end
  end
  function primitives.peek(_, n, skip)
    alive()
    local from = run.consumed + (skip or 0)
    return run.buffer:sub(from + 1, from + n)
  end
  function primitives.take(_, n)
    alive()
    local bytes = run.buffer:sub(run.consumed + 1, run.consumed + n)
    consume(run, n)
    return bytes
  end
  -- What arrives while TLS is being set up is garbage to it.
  function primitives.start_tls(_, options)
    alive()
    run.tls_options = options
    if unread(run) > 0 then return nil, "tls", "plaintext before TLS" end
    run.securing = true
    run.sent[#run.sent + 1] = HELLO
    run.sent_bytes = run.sent_bytes .. HELLO
    while run.tls == nil do
      if run.options.first_answer and run.delivered > 0 then return nil, "answered" end
      if run.ended then return nil, run.ended end
      if unread(run) > 0 then return nil, "tls", "wrong version number" end
      coroutine.yield()
    end
    if type(run.tls) == "string" then return nil, "tls", run.tls end
    return true
  end
  function primitives.tls() return type(run.tls) == "table" and run.tls or nil end
  function primitives.close()
    alive()
    run.finished = true
  end
  return primitives
end

local function new_conn(run)
  local conn = make_conn(primitives_of(run))
  conn.full = run.options.full ~= false and not run.options.first_answer
  conn.redirects, conn.inside = run.options.redirects, run.options.inside
  conn.host, conn.port = run.options.host or "198.18.0.7", run.options.port or run.proto.ports[1] or 4000
  function conn:random(n)  -- luacheck: ignore self
    local bytes = {}
    run.drawn = true
    for at = 1, n do bytes[at] = string.char(run.random(256)) end
    return table.concat(bytes)
  end
  return conn
end

local function resume_script(run, ...)
  local ok, action, detail = coroutine.resume(run.script, ...)
  if not ok then error(action, 0) end
  if coroutine.status(run.script) == "dead" then action, detail = run.options.ending or "silence", nil end
  return action, detail
end

local function end_run(run, outcome)
  run.ended = outcome
  if outcome == "timeout" then run.clock = run.timeout end
end

local ENDINGS = { close = "closed", reset = "reset" }

-- Lets the peer go on until it has said something, ended or has to wait for us, which it then does forever.
local function turn_peer(run)
  local action, detail = resume_script(run)
  while true do
    local answer
    if action == "send" then
      run.pending = run.pending .. detail
      if detail ~= "" then return end
    elseif action == "everything" then
      answer = run.sent_bytes
    elseif action == "drawn" then
      answer = run.drawn
    elseif action == "tls" and (run.securing or run.options.deaf) then
      run.tls, run.script_read = detail, run.script_read + #HELLO
      return
    elseif action == "receive" and #run.sent_bytes - run.script_read >= detail then
      answer = run.sent_bytes:sub(run.script_read + 1, run.script_read + detail)
      run.script_read = run.script_read + detail
    elseif action == "sleep" and run.clock + detail < run.timeout then
      run.clock = run.clock + detail
    else
      run.wanted = action == "receive" and detail - (#run.sent_bytes - run.script_read) or 0
      return end_run(run, ENDINGS[action] or "timeout")
    end
    action, detail = resume_script(run, answer)
  end
end

-- One event for the waiting handshake: some bytes arrive, or the connection or the time ends.
local function deliver(run)
  local options = run.options
  local room = (options.truncate or math.huge) - run.delivered
  if room <= 0 then
    run.pending = ""
    return end_run(run, ENDINGS[options.ending] or "timeout")
  end
  if run.pending == "" then turn_peer(run) end
  if run.pending == "" then return end
  local size = options.chunk or #run.pending
  if type(size) == "function" then size = size() end
  size = math.min(size, #run.pending, room)
  run.buffer, run.pending = run.buffer .. run.pending:sub(1, size), run.pending:sub(size + 1)
  run.delivered = run.delivered + size
  if run.delivered > RECEIVE_MAX then run.ended, run.pending = "overflow", "" end
end

local function outcome_of(ok, failure)
  if ok then return "done" end
  if type(failure) == "table" and OUTCOMES[failure.outcome] then return failure.outcome, failure.what end
  error("the handshake erred: " .. tostring(failure), 0)
end

function peer.run(proto, conversation, options)
  local run = new_run(proto, conversation, options or {})
  local conn, record = new_conn(run), {}
  local client = coroutine.create(function() proto.handshake(conn, record) end)
  debug.sethook(client, function() error("the handshake runs for too long", 0) end, "", INSTRUCTIONS_MAX)
  local ok, failure = coroutine.resume(client)
  while coroutine.status(client) ~= "dead" do
    deliver(run)
    ok, failure = coroutine.resume(client)
  end
  debug.sethook()   -- LuaJIT has one hook for all coroutines: left behind, it would stop whatever runs next
  run.over = true
  local outcome, what = outcome_of(ok, failure)
  if run.clock > run.timeout then error("the handshake outlived its deadline", 0) end
  peer.check_record(proto, record)
  return {
    outcome = outcome, what = what, record = record, sent = run.sent_bytes, first_sent = run.sent[1] or "",
    tls_options = run.tls_options, elapsed = run.clock, delivered = run.delivered, wanted = run.wanted,
    left = run.buffer:sub(run.consumed + 1),
  }
end

return peer
