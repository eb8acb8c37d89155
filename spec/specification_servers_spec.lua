-- The servers written from specifications: the real program's handshakes pass them, what they answer is named, they are strict.
local peer = require "spec.support.peer"
local program = require "spec.support.program"
local sim = require "spec.support.sim"
local specified = require "spec.support.specified"
local make_noise = require "spec.support.noise"

local C, ffi = sim.C, sim.ffi
local PATIENCE = 3   -- seconds of the world's time that an answer may take

local list = specified.all()

-- Scans them with a policy of this text, or with the usual one to the end of handshakes; its records by "address:port".
local function scan(policy, ports)
  if not policy then return select(2, program.scan(specified.WORLD, { "--full", "-p", ports })) end
  return program.directory({ ["policy.lua"] = policy }, function(directory)
    local _, found = program.scan(specified.WORLD, { "--policy", directory .. "/policy.lua", "-p", ports })
    return found
  end)
end

-- Of a record's fields, those that the protocol has: the signature adds its own.
local function fields_of(protocol, fields)
  local own = {}
  for name in pairs(peer.load(protocol).fields) do own[name] = fields[name] end
  return own
end

-- How an attempt was answered, in the words of the declaration.
local function way_of(attempt)
  if attempt.service then return attempt.service end
  if attempt.services then return "unidentified" end
  return (attempt.outcome == "timeout" or attempt.outcome == "no_ack") and "silent" or attempt.outcome
end

-- `text` with the lowest bit of one byte turned over.
local function damaged(text, at)
  return text:sub(1, at - 1) .. string.char(bit.bxor(text:byte(at), 1)) .. text:sub(at + 1)
end

local function free_positions(list_of)
  local free = {}
  for _, place in ipairs(list_of or {}) do
    local first, last = place, place
    if type(place) == "table" then first, last = place[1], place[2] end
    for at = first, last do free[at] = true end
  end
  return free
end

local function shown(text)
  return (text:gsub(".", function(byte) return ("%02x "):format(byte:byte()) end))
end

describe("a server from the specification", function()
  local handshakes, ways, unasked, link, from
  setup(function()
    local ports, seen = {}, {}
    for _, one in ipairs(list) do
      for _, host in ipairs(one.hosts) do
        if not seen[host.port] then ports[#ports + 1] = host.port end
        seen[host.port] = true
      end
    end
    ports = table.concat(ports, ",")
    handshakes = scan(specified.handshakes_policy(list), ports)
    ways = scan(specified.ways_policy(), ports)
    unasked = scan(nil, ports)
    link, from = assert(sim.load(specified.WORLD, 1)), 10000
  end)
  teardown(function() link:close() end)

  local function ask(host, sent)
    from = from % 60000 + 1
    local said = link:talk(host.address, host.port, sent, PATIENCE, from)
    assert.is_true(said.opened)
    return said.data, said.reset and "reset" or said.finished and "closed" or "open"
  end

  local noise = make_noise()

  local function fits(received, wanted)
    if type(wanted) == "function" then return wanted(received) and true or false end
    return received == wanted
  end

  for _, one in ipairs(list) do
    for _, host in ipairs(one.hosts) do
      it("finds nothing wrong with our handshake, which learns what is true: " .. host.title, function()
        local record = handshakes[host.text]
        local attempt = record.attempts[1]
        assert.equal(host.outcome, attempt.outcome, attempt.what or attempt.error)
        assert.same(host.fields, fields_of(host.handshake, record.fields or {}))
        assert.equal(host.service, record.service or "unidentified")
      end)

      it("is named by what it answers to wrong questions: " .. host.title, function()
        local found = {}
        for _, attempt in ipairs(ways[host.text].attempts) do found[attempt.handshake] = way_of(attempt) end
        assert.same(host.ways, found)
      end)

      if host.service ~= "unidentified" then
        it("is found by who does not know what it is: " .. host.title, function()
          local record, own = unasked[host.text], peer.load(host.handshake)
          assert.equal(host.service, record.service)
          if not own.service then assert.same(host.fields, fields_of(host.handshake, record.fields or {})) end
        end)
      end
    end

    for _, question in ipairs(one.asks) do
      it(("answers as its specification says: %s: %s"):format(one.name, question[1]), function()
        local received, ending = ask(one.hosts[question.host or 1], question[2])
        assert.is_true(fits(received, question[3]), "it said " .. shown(received))
        assert.equal(question[4] or "open", ending)
      end)
    end

    for _, question in ipairs(one.strict) do
      it(("is strict with every byte: %s: %s"):format(one.name, question[1]), function()
        local host, free = one.hosts[question.host or 1], free_positions(question.free)
        local received = ask(host, question[2])
        assert.is_true(fits(received, question[3]), "it said " .. shown(received))
        local lenient = {}
        for at = 1, #question[2] do
          local good = fits((ask(host, damaged(question[2], at))), question[3])
          if good ~= (free[at] or false) then lenient[#lenient + 1] = at end
        end
        assert.same({}, lenient, "bytes that matter where they are free, or do not where they are not")
      end)

      it(("waits for the whole of it: %s: %s"):format(one.name, question[1]), function()
        local hasty = {}
        for length = 1, #question[2] - 1 do
          local received = ask(one.hosts[question.host or 1], question[2]:sub(1, length))
          if fits(received, question[3]) then hasty[#hasty + 1] = length end
        end
        assert.same({}, hasty, "beginnings that are answered as the whole is")
      end)
    end

    it("takes anything a stranger sends, and comes to an end: " .. one.name, function()
      for _, host in ipairs(one.hosts) do
        for _, length in ipairs { 1, 7, 64, 1300 } do
          for _, bytes in ipairs { noise(length), ("\0"):rep(length), ("\255"):rep(length), ("A"):rep(length) } do
            ask(host, bytes)
          end
        end
      end
      link:collect(200)
      assert.equal(0, C.lua_world_connections(link.world))
    end)
  end

  it("never fails itself, whatever it was sent", function()
    assert.equal(0, C.lua_world_errors(link.world), ffi.string(C.lua_world_first_error(link.world)))
  end)
end)
