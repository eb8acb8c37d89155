-- What one writes a protocol with: sonde new, sonde test and sonde probe --save, as a person meets them.
local program = require "spec.support.program"

local quoted = program.quoted

local ABSOLUTE = "case $SONDE in /*) ;; *) SONDE=$PWD/$SONDE ;; esac"

-- Runs a shell script in which $DIR is a new directory with these files.
local function shell_in(files, script)
  return program.directory(files, function(directory)
    return program.shell(("DIR=%s\n%s\n%s"):format(quoted(directory), ABSOLUTE, script))
  end)
end

local function test(files, arguments)
  local run = shell_in(files, "\"$SONDE\" test " .. arguments)
  return run.status, run.out, run.err
end

-- A protocol and a signature that are as they should be; each spec breaks one.
local PROTOCOL = [[
local expect = require "sonde.expect"
local lamp = { name = "lamp", ports = { 4000 }, first = "client", fields = { version = "its version" } }
function lamp.handshake(conn, record)
  conn:send "LAMP?\n"
  record.version = expect(conn:receive_line():match "^LAMP (%S+)$", "no lamp")
  conn:send "BYE\n"
  expect(conn:receive_line() == "BYE", "no farewell")
end
return lamp
]]
local SIGNATURE = [[
return {
  protocol = "lamp", reference = "nowhere", starts = { "LAMP " }, pattern = Ct("LAMP " * field("version", digits)),
  examples = { ["LAMP 12\n"] = { version = "12" } }, not_this = { "LAMP x\n" },
}
]]
local REPLAY = table.concat({
  '{"recording":1}',
  '{"address":"127.0.0.1","port":4000,"exchanges":[{"handshake":"lamp","outcome":"done",'
    .. '"service":"lamp","ended":"open","events":[{"after_ns":1,"sent":"LAMP?\\n"},'
    .. '{"after_ns":2,"received":"LAMP 12\\n"},{"after_ns":3,"sent_base64":"QllFCg=="},{"after_ns":4,'
    .. '"received":"BYE\\n"}]}]}', "",
}, "\n")

local function files(changes)
  local all = {
    ["protocols/lamp.lua"] = PROTOCOL, ["signatures/lamp.lua"] = SIGNATURE, ["spec/replays/lamp.jsonl"] = REPLAY,
  }
  for name, text in pairs(changes or {}) do all[name] = text or nil end   -- false: no such file
  return all
end

local function changed(text, from, to)
  local start, stop = text:find(from, 1, true)
  assert(start, from)
  return text:sub(1, start - 1) .. to .. text:sub(stop + 1)
end

describe("sonde test", function()
  it("passes what is right: examples, and replays with what they teach", function()
    local status, out, err = test(files(), "\"$DIR/protocols/lamp.lua\"")
    assert.same({ 0, "" }, { status, err }, out)
    for _, part in ipairs {
      "ok      learns from lamp%.jsonl %(done%)\n          version: \"12\"\n", "keeps what it learnt when cut off",
      "signatures/lamp%.lua\n  ok ", "\n15 passed, 0 failed\n$",
    } do
      assert.truthy(out:find(part), part .. "\n" .. out)
    end
  end)

  it("takes a directory, a folder of one, a name with --path, and a signature alone", function()
    for arguments, count in pairs {
      ["\"$DIR\""] = 15, ["\"$DIR/signatures/\""] = 7, ["\"$DIR/protocols\""] = 8, ["lamp --path \"$DIR\""] = 15,
      ["signatures/lamp.lua --path \"$DIR\""] = 7,
    } do
      local status, out = test(files(), arguments)
      assert.same({ 0, count .. " passed, 0 failed" }, { status, out:match "(%d+ passed, %d+ failed)\n$" }, arguments)
    end
  end)

  -- What breaks: the file, and how, and what the sentence says.
  local faults = {
    ["a handshake that sends otherwise than recorded"] = { "protocols/lamp.lua", changed(PROTOCOL, "LAMP?", "LAMP!"),
      'FAILED  learns from lamp%.jsonl.*the peer expected "LAMP%?' },
    ["a handshake that sends less than recorded"] = { "protocols/lamp.lua", changed(PROTOCOL, 'conn:send "BYE\\n"', ""),
      'its outcome is timeout, while the peer waits for 4 bytes more, not done; it learnt { version = "12" }' },
    ["a handshake that comes to another end"] = { "protocols/lamp.lua", changed(PROTOCOL, '== "BYE"', '== "bye"'),
      "its outcome is mismatch %(no farewell%), not done" },
    ["a protocol that says who speaks first, and is wrong"] = { "protocols/lamp.lua", changed(PROTOCOL, '"client"', '"server"'),
      'it sends "LAMP%?\\n" before the server has spoken, so `first` should be "client"' },
    ["a field that is not declared"] = { "protocols/lamp.lua", changed(PROTOCOL, "{ version =", "{ number ="),
      "field version is not declared" },
    ["an endless loop"] = { "protocols/lamp.lua", changed(PROTOCOL, '  conn:send "BYE\\n"', "  while true do end"),
      "the handshake runs for too long" },
    ["a script that does not end when it is loaded"] = { "protocols/lamp.lua", "while true do end", "it runs for too long" },
    ["a script that cannot be read"] = { "protocols/lamp.lua", "return {", "protocols/lamp%.lua:1: " },
    ["a script error"] = { "protocols/lamp.lua", changed(PROTOCOL, 'conn:send "BYE\\n"', "local x = nil .. 1"),
      "protocols/lamp%.lua:6: attempt to concatenate" },
    ["a protocol of another name"] = { "protocols/lamp.lua", changed(PROTOCOL, '"lamp"', '"light"'),
      "its name is 'light', but its file is named after it" },
    ["a signature that does not match its example"] = { "signatures/lamp.lua", changed(SIGNATURE, 'LAMP 12', 'LAMP a'),
      'FAILED  names its examples.*"LAMP a\\n" is no service' },
    ["a signature with other fields"] = { "signatures/lamp.lua", changed(SIGNATURE, 'version = "12"', 'version = "1"'),
      'of "LAMP 12\\n": version is "12", not "1"' },
    ["a signature that matches its counterexample"] = { "signatures/lamp.lua", changed(SIGNATURE, "LAMP x", "LAMP 1"),
      'FAILED  keeps off.*"LAMP 1\\n" is not to be lamp, but matches' },
    ["a signature of another's example"] = { "signatures/lamp.lua", changed(changed(changed(SIGNATURE, '"LAMP " *', 'P "SSH-" *'),
      "LAMP 12\\n", "SSH-2.0-x\\r\\n"), '{ "LAMP " }', '{ "SSH-" }'), 'FAILED  names its examples.*"SSH%-2%.0%-x' },
    ["a signature that matches anything"] = { "signatures/lamp.lua", changed(changed(SIGNATURE, 'starts = { "LAMP " },', ""),
      'Ct("LAMP " * field("version", digits))', "P(1) * Cc(1) ^ -1"), "matches bytes without any form" },
    ["a signature without a reference"] = { "signatures/lamp.lua", changed(SIGNATURE, 'reference = "nowhere", ', ""),
      "it names no reference" },
  }
  for what, fault in pairs(faults) do
    it("fails " .. what .. ", in a sentence", function()
      local status, out, err = test(files { [fault[1]] = fault[2] }, "\"$DIR/protocols/lamp.lua\"")
      assert.same({ 1, "" }, { status, err })
      assert.truthy(out:find(fault[3]), out)
      assert.truthy(out:find "%d+ passed, %d+ failed\n$", out)
    end)
  end

  it("says which line of a replay is none", function()
    for text, sentence in pairs {
      ["no JSON\n"] = "lamp.jsonl line 1: is not JSON", ["{}\n"] = "line 1: is no recording", [""] = "lamp.jsonl is empty",
      ['{"recording":1}\n{"exchanges":[{}]}\n'] = "line 2: an exchange needs a handshake",
      ['{"recording":1}\n{"exchanges":[{"handshake":"lamp","outcome":"done","ended":"open","events":[{"sent_base64":"*"}]}]}\n'] =
        "line 2: event 1 has neither sent",
    } do
      local status, out = test(files { ["spec/replays/lamp.jsonl"] = text }, "\"$DIR/protocols/lamp.lua\"")
      assert.equal(1, status)
      assert.truthy(out:find(sentence, 1, true), out)
    end
  end)

  it("says what it cannot find or use, and ends with 2", function()
    for arguments, sentence in pairs {
      nosuch = "nosuch: there is no such file, directory, protocol or signature", ["README.md"] = "is neither in protocols/",
      docs = "docs: has neither protocols/ nor signatures/", [""] = "missing argument 'file'",
      ["lamp --path /nothing"] = "/nothing: there is no such directory", ["lamp --path docs"] = "lamp: there is no such file",
    } do
      local status, out, err = test({}, arguments)
      assert.same({ 2, "" }, { status, out }, arguments)
      assert.truthy(err:find(sentence, 1, true), err)
    end
  end)
end)

describe("sonde new", function()
  it("writes a protocol, its signature and its spec, lint clean, which pass but for the reference", function()
    local run = shell_in({}, [[
      "$SONDE" new protocol lamp --path "$DIR/own" || exit 99
      luacheck -q --std luajit "$DIR/own/protocols" "$DIR/own/signatures" || exit 98
      busted "$DIR/own/spec/protocols/lamp_spec.lua" || exit 97
      "$SONDE" test "$DIR/own"
    ]])
    assert.equal(1, run.status, run.out .. run.err)
    for _, part in ipairs {
      "/own/protocols/lamp%.lua\n", "9 successes / 0 failures", "it names no reference", "10 passed, 1 failed",
    } do
      assert.truthy(run.out:find(part), run.out)
    end
  end)

  it("writes a signature or a policy alone; the policy scans", function()
    local run = shell_in({}, [[
      "$SONDE" new signature lamp --path "$DIR" && "$SONDE" new policy lamp --path "$DIR" || exit 99
      "$SONDE" scan --link sim:demo --seed 1 -q --max-targets 2000 --policy lamp --path "$DIR" && ls "$DIR"/*
    ]])
    assert.equal(0, run.status, run.err)
    assert.truthy(run.out:find '"verdict":"service"', run.out)
    assert.is_nil(run.out:find "protocols:", run.out)
  end)

  it("overwrites nothing: then it writes nothing at all", function()
    local run = shell_in({ ["signatures/lamp.lua"] = "mine" }, [[
      "$SONDE" new protocol lamp --path "$DIR"; status=$?
      cat "$DIR/signatures/lamp.lua"; ls "$DIR"; exit $status
    ]])
    assert.same({ 2, "minesignatures\n" }, { run.status, run.out })
    assert.truthy(run.err:find "signatures/lamp%.lua: there is such a file already", run.err)
  end)

  it("refuses what is no name, or no kind", function()
    local long = ("x"):rep(64)
    for _, words in ipairs { "protocol Lamp", "protocol ../x", "protocol 1x", "protocol " .. long, "world x", "protocol" } do
      local run = shell_in({}, "cd \"$DIR\" && \"$SONDE\" new " .. words)
      assert.same({ 2, "" }, { run.status, run.out }, words)
      assert.truthy(run.err:find "^sonde: [^\n]+\n$", run.err)
    end
  end)
end)

-- A lamp on this machine, on a port that it prints; with TLS where a certificate is given.
local LAMP = [[
cat >"$0.py" <<'END'
import socket, ssl, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept()
    c.settimeout(5)
    try:
        for line in c.makefile("rb"):
            c.sendall({ b"LAMP?\n": b"LAMP 12\n", b"BYE\n": b"BYE\n" }.get(line, b"\xff?\n"))
    except OSError: pass
    c.close()
END
python3 "$0.py" >"$0.port" & server=$!
trap 'kill $server' EXIT
until [ -s "$0.port" ]; do kill -0 $server || exit 99; done
port=$(cat "$0.port")
]]

describe("sonde probe --save", function()
  it("records what sonde test and scans replay", function()
    local policy = "return function(target) target:try 'lamp' end"
    local run = shell_in(files { ["spec/replays/lamp.jsonl"] = false, ["p.lua"] = policy }, LAMP .. [[
      cd "$DIR" && mkdir -p spec/replays
      "$SONDE" probe 127.0.0.1 $port lamp --path . --save spec/replays/lamp.jsonl | tail -n 1 || exit 98
      "$SONDE" test lamp || exit 97
      "$SONDE" scan --transport replay:spec/replays/lamp.jsonl --path . --policy ./p.lua -q
    ]])
    assert.truthy(run.out:find "saved: spec/replays/lamp%.jsonl %(lamp%)\n", run.out .. run.err)
    assert.truthy(run.out:find 'learns from lamp%.jsonl %(done%)\n          version: "12"\n', run.out)
    assert.truthy(run.out:find "15 passed, 0 failed", run.out)
    assert.truthy(run.out:find '"verdict":"service","service":"lamp"', run.out .. run.err)
  end)

  it("keeps every attempt of a policy, and bytes that are no text", function()
    local run = shell_in({ ["p.lua"] = "return function(target) target:try 'newlines' target:try 'http' end" }, LAMP .. [[
      "$SONDE" probe 127.0.0.1 $port --policy "$DIR/p.lua" --save "$DIR/all.jsonl" >/dev/null && cat "$DIR/all.jsonl"
    ]])
    local lines = program.lines(run.out)
    assert.same({ 1, "127.0.0.1" }, { lines[1].recording, lines[2].address })
    local first, second = unpack(lines[2].exchanges)
    assert.same({ "newlines", "http" }, { first.handshake, second.handshake })
    assert.same({ "\r\n\r\n", "/z8K" }, { first.events[1].sent, first.events[2].received_base64:sub(1, 4) })
    assert.truthy(second.events[1].sent:find "^GET / HTTP/1%.1\r\n")
    assert.is_true(first.events[2].after_ns > first.events[1].after_ns)
  end)

  it("overwrites nothing, and leaves no file behind where there is nothing to keep", function()
    local erring = 'return { name = "lamp", first = "client", fields = {}, handshake = function() error "x" end }'
    local run = shell_in({ ["there.jsonl"] = "mine", ["protocols/lamp.lua"] = erring }, [[
      "$SONDE" probe 127.0.0.1 1 --save "$DIR/there.jsonl"; echo "$? $(cat "$DIR/there.jsonl")"
      "$SONDE" probe 127.0.0.1 1 nosuch --save "$DIR/new.jsonl"; echo "$? $(ls "$DIR")"
      "$SONDE" probe 127.0.0.1 1 --save /nothing/there; echo "$?"
      "$SONDE" probe --link sim:spec/worlds/behaviours.lua --seed 1 198.18.2.1 80 lamp --path "$DIR" \
        --save "$DIR/new.jsonl" >"$0.out"; echo "$? $(ls "$DIR")"
    ]])
    assert.equal("2 mine\n2 protocols\nthere.jsonl\n2\n1 protocols\nthere.jsonl\n", run.out)
    assert.truthy(run.err:find "there%.jsonl: there is such a file already", run.err)
  end)
end)
