local exchange = require "sonde.exchange"
local peer = require "spec.support.peer"

-- What a recorder makes of notes { seconds, what, bytes }.
local function recorded(notes, tls)
  local recorder = exchange.recorder()
  for _, note in ipairs(notes) do recorder:note(note[1], note[2], note[3] or "") end
  return recorder:finish("host.example", tls)
end

local function run(found, handshake)
  local proto = { name = "x", ports = {}, first = "client", timeout = 5, handshake = handshake, fields = { a = "", b = "" } }
  return peer.run(proto, exchange.conversation(found), exchange.options(found))
end

describe("an exchange", function()
  it("is what each handshake sent and got, with its times and its end", function()
    local all = recorded {
      { 1, "opened" }, { 1.5, "trying wait to its end" }, { 2.5, "received", "hello" }, { 3, "wait: done, the bytes say ftp" },
      { 3, "trying ftp to its end" }, { 3.25, "sent", "QUIT" }, { 3.5, "acknowledged" }, { 4, "received", "bye" },
      { 4, "finished" }, { 4, "ftp: closed" }, { 5, "trying http" }, { 5, "reset" }, { 5, "http: reset" },
    }
    assert.same({
      { handshake = "wait", host = "host.example", outcome = "done", service = "ftp", ended = "open",
        events = { { after_ns = 1e9, received = "hello" } } },
      { handshake = "ftp", host = "host.example", outcome = "closed", ended = "closed",
        events = { { after_ns = 25e7, sent = "QUIT" }, { after_ns = 1e9, received = "bye" } } },
      { handshake = "http", host = "host.example", outcome = "reset", ended = "reset", events = {} },
    }, all)
  end)

  it("has of TLS what it says, and then what is said inside", function()
    local all = recorded({
      { 0, "trying smtp to its end" }, { 1, "received", "220" }, { 1, "sent", "STARTTLS" }, { 2, "starting TLS" },
      { 2, "sent", "hello" }, { 3, "received", "hello" }, { 3, "sent", "coded" }, { 3, "sent inside TLS", "EHLO" },
      { 4, "received", "coded" }, { 4, "received inside TLS", "250" }, { 4, "smtp: done, the bytes say smtp" },
      { 4, "trying http inside TLS to its end" }, { 4, "sent", "coded" }, { 4, "sent inside TLS", "GET" }, { 5, "http: timeout" },
      { 6, "trying tls" }, { 6, "starting TLS" }, { 6, "sent", "hello" }, { 7, "tls: tls (handshake failure)" },
    }, { version = "TLSv1.3" })
    assert.same({ { after_ns = 1e9, received = "220" }, { after_ns = 1e9, sent = "STARTTLS" },
      { after_ns = 2e9, tls = { version = "TLSv1.3" } }, { after_ns = 3e9, sent = "EHLO" }, { after_ns = 4e9, received = "250" },
    }, all[1].events)
    assert.same({ true, { { after_ns = 0, sent = "GET" } } }, { all[2].inside, all[2].events })
    assert.same({ { after_ns = 0, tls = "handshake failure" } }, all[3].events)
  end)

  it("is replayed: the same questions get the same answers, in TLS as well", function()
    local found = { host = "h", port = 4, ended = "closed",
      events = { { sent = "a?" }, { received = "a" }, { tls = { version = "x" } }, { sent = "b?" }, { received = "b" } } }
    local result = run(found, function(conn, record)
      conn:send "a?"
      record.a = conn:receive(1)
      record.b = conn:start_tls({}).version
      conn:send "b?"
      record.b = record.b .. conn:receive(1) .. conn.host .. conn.port
      conn:receive(1)
    end)
    assert.same({ "closed", { a = "a", b = "xbh4" } }, { result.outcome, result.record })
  end)

  it("expects what was sent, but of chance only as many bytes", function()
    local found = { ended = "open", events = { { sent = "id 1234" }, { received = "ok" } } }
    local function asks(text)
      return function(conn, record)
        conn:send(text or "id " .. conn:random(4))
        record.a = conn:receive(2)
      end
    end
    assert.equal("done", run(found, asks "id 1234").outcome)
    assert.equal("done", run(found, asks(nil)).outcome)
    local ok, failure = pcall(run, found, asks "id 4321")
    assert.same({ false, 'the peer expected "id 1234", not "id 4321"' }, { ok, failure })
    assert.same({ "timeout", 4 }, { run(found, asks "id ").outcome, run(found, asks "id ").wanted })
  end)
end)
