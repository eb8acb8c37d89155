-- The command line, as a person or a script meets it.
local program = require "spec.support.program"

local COMMANDS = {
  "scan", "probe", "identify", "list", "new", "test", "version", "experiment", "compare", "order",
}

-- The run ended with 2, said one sentence, printed nothing. Returns the sentence.
local function refused(run)
  assert.equal(2, run.status, run.err)
  assert.equal("", run.out)
  assert.truthy(run.err:find "^sonde: [^\n]+\n$", run.err)
  return run.err
end

-- Runs with these words in a directory with these files; OWN stands for it.
local function run_with(files, words, input)
  return program.directory(files, function(directory)
    local arguments = {}
    for i, word in ipairs(words) do arguments[i] = (word:gsub("OWN", directory)) end
    return program.run(arguments, input)
  end)
end

local function words_of(text)
  local words = {}
  for word in text:gmatch "%S+" do words[#words + 1] = word end
  return words
end

describe("sonde --help", function()
  it("and the help of every command end well, with an example", function()
    for _, command in ipairs { "", unpack(COMMANDS) } do
      local run = program.run(words_of(command .. " --help"))
      assert.same({ 0, "" }, { run.status, run.err }, command)
      assert.truthy(run.out:find "Examples?:", command)
      assert.truthy(run.out:find("^Usage: sonde"), command)
      for line in run.out:match("^(.-)Examples?:"):gmatch "[^\n]+" do assert.is_true(#line <= 110, line) end
    end
  end)

  it("documents the exit codes", function()
    local text = program.run({ "--help" }).out
    for _, status in ipairs { "0 ", "1 ", "2 ", "130 " } do assert.truthy(text:find(status, 1, true), status) end
  end)
end)

describe("sonde version", function()
  it("names itself and what it runs with", function()
    local run = program.run { "version" }
    assert.equal(0, run.status)
    for _, name in ipairs { "^sonde %d", "luajit", "libuv", "openssl", "libpcap", "lpeg", "argparse" } do
      assert.truthy(run.out:find(name), name)
    end
  end)
end)

describe("sonde --version", function()
  it("is the same", function()
    local wanted = program.run { "version" }
    for _, words in ipairs { "--version", "scan --version" } do
      local run = program.run(words_of(words))
      assert.same({ 0, wanted.out, "" }, { run.status, run.out, run.err }, words)
    end
  end)
end)

describe("sonde list", function()
  it("prints every kind, one item a line", function()
    for kind, item in pairs {
      protocols = "ssh", signatures = "ssh", policies = "lzr", worlds = "demo", fields = "verdict", verdicts = "silent",
    } do
      local run = program.run { "list", kind }
      assert.same({ 0, "" }, { run.status, run.err }, kind)
      assert.truthy(("\n" .. run.out):find("\n" .. item .. " ", 1, true), kind)
    end
  end)

  it("shows what one's own directory adds", function()
    local run = run_with({ ["scripts/policy/mine.lua"] = "-- Does little.\nreturn function() end" },
      { "list", "policies", "--path", "OWN" })
    assert.truthy(run.out:find "mine +Does little%.")
  end)
end)

describe("a command line that is wrong", function()
  local files = {
    ["broken.lua"] = "return function(target)\n  target:try(\nend", ["nothing.lua"] = "", ["table.lua"] = "return {}",
    ["endless.lua"] = "while true do end",
    ["list"] = "192.0.2.1 # good\n\n192.0.2.300\n", ["blocks"] = "10.0.0.0/8\nnonsense here\n",
    ["world.lua"] = "return {", ["other.lua"] = "return { networks = {} }",
    ["odd/protocols/x.lua"] = "return { name = 'x' }", ["zmap"] = "saddr,daddr\n1,2\n",
    ["bad/signatures/x.lua"] = "return { protocol = 'x', pattern = 1 }",
  }
  local cases = {
    [""] = "a command is required", ["nothing"] = "unknown command 'nothing'",
    ["scan --nothing"] = "unknown option '%-%-nothing'",
    ["scan --lin x"] = "Did you mean '%-%-link'%?",
    ["scan"] = "no target", ["scan 127.0.0.1"] = "127%.0%.0%.1 has no port",
    ["scan 127.0.0.1 -p 0"] = "\"0\" is no port", ["scan 127.0.0.1 -p 70000"] = "\"70000\" is no port",
    ["scan 127.0.0.1 -p 9-8"] = "\"9%-8\" ends before", ["scan 127.0.0.1 -p @nothing"] = "no port set \"@nothing\"",
    ["scan 127.0.0.1 -p"] = "'%-p' requires an argument", ["scan 300.0.0.1 -p 80"] = "\"300%.0%.0%.1\" is no address",
    ["scan 127.0.0.0/33 -p 80"] = "\"127%.0%.0%.0/33\" is no address",
    ["scan -l /nothing/there -p 80"] = "/nothing/there: No such file",
    ["scan -l OWN/list -p 80"] = "list line 3: ", ["scan -l OWN/list --input zmap -p 80"] = "no TARGET and no %-p",
    ["scan --input zmap"] = "name it with %-l", ["scan --input other -l x"] = "'list', 'zmap'",
    ["scan --link sim:demo --blocklist /nothing/there"] = "/nothing/there: No such file",
    ["scan --link sim:demo --blocklist OWN/blocks"] = "blocks line 2: ",
    ["scan --link sim:demo --allowlist OWN/blocks"] = "blocks line 2: ",
    ["scan --link sim:demo --policy nothing"] = "no policy 'nothing'; there are: ",
    ["scan --link sim:demo --policy /nothing/there.lua"] = "/nothing/there%.lua: No such file",
    ["scan --link sim:demo --policy OWN/broken.lua"] = "broken%.lua:3: ",
    ["scan --link sim:demo --policy OWN/nothing.lua"] = "nothing%.lua: a policy returns a function",
    ["scan --link sim:demo --policy OWN/table.lua"] = "table%.lua: a policy returns a function",
    ["scan --link sim:nothing"] = "no world 'nothing'", ["scan --link sim:OWN/world.lua"] = "world%.lua:1: ",
    ["scan --link sim:OWN/other.lua"] = "a world has 'networks' and 'kinds'",
    ["scan --link sim:demo --path /nothing"] = "/nothing: there is no such directory",
    ["scan --link sim:demo --path OWN/odd"] = "protocols/x%.lua: ",
    ["scan --link sim:demo --path OWN/bad"] = "signatures/x%.lua: ",
    ["scan --link sim:demo --rate fast"] = "%-%-rate 'fast'", ["scan --link sim:demo --bandwidth x"] = "%-%-bandwidth 'x'",
    ["scan --link sim:demo --seed x"] = "%-%-seed 'x'", ["scan --link sim:demo --seed 18446744073709551616"] = "%-%-seed",
    ["scan --link sim:demo --seed -1"] = "%-1 is negative",
    ["scan --link sim:demo --shard 3/2"] = "%-%-shard '3/2'", ["scan --link sim:demo --shard 0/2"] = "%-%-shard '0/2'",
    ["scan --link sim:demo --shard half"] = "%-%-shard 'half'",
    ["scan --link sim:demo --max-targets x"] = "%-%-max%-targets 'x'",
    ["scan --link sim:demo --max-results x"] = "%-%-max%-results 'x'",
    ["scan --link sim:demo --max-open x"] = "%-%-max%-open 'x'", ["scan --link sim:demo --retries x"] = "%-%-retries 'x'",
    ["scan --link sim:demo --retries 99"] = "%-%-retries 99 is more than 15",
    ["scan --link sim:demo --follow-up-delay 1x"] = "%-%-follow%-up%-delay: \"1x\"",
    ["scan --link sim:demo --follow-up-delay 1s,2h"] = "%-%-follow%-up%-delay: 2h is more than an hour",
    ["scan --link sim:demo --timeout 0s"] = "%-%-timeout must be more than 0",
    ["scan --link sim:demo --timeout soon"] = "%-%-timeout: \"soon\"",
    ["scan --link sim:demo --cooldown soon"] = "%-%-cooldown: \"soon\"",
    ["scan --link sim:demo --transport other"] = "auto, raw, socket or replay:FILE",
    ["scan --link sim:demo --transport socket"] = "%-%-transport socket goes neither",
    ["scan --link other 127.0.0.1 -p 80"] = "%-%-link 'other'",
    ["scan --link ring --gateway-mac x 127.0.0.1 -p 80"] = "%-%-gateway%-mac 'x'",
    ["scan --source-ports 5 127.0.0.1 -p 80"] = "%-%-source%-ports '5'",
    ["scan --source-ports 2000-1999 127.0.0.1 -p 80"] = "%-%-source%-ports '2000%-1999'",
    ["scan --transport socket --source-address 127.0.0.1 --source-address 127.0.0.2 127.0.0.1 -p 9"] =
      "take one %-%-source%-address of a family",
    ["scan --source-address x 127.0.0.1 -p 80"] = "%-%-source%-address 'x'",
    ["scan 10.0.0.0/8 -p 80"] = "private.*%-%-no%-default%-blocklist",
    ["scan 192.168.1.1 -p 80 --dry-run"] = "private.*%-%-no%-default%-blocklist",
    ["scan 198.18.0.1 -p 80"] = "%-%-no%-default%-blocklist", ["scan 2001:db8::1 -p 80"] = "%-%-no%-default%-blocklist",
    ["scan --link sim:demo -o /nothing/there"] = "/nothing/there",
    ["scan --link sim:demo --summary /nothing/there"] = "/nothing/there",
    ["scan --link sim:demo --trace /nothing/there"] = "/nothing/there",
    ["list"] = "missing argument", ["list nothing"] = "'protocols', 'signatures'",
    ["list protocols --path /nothing"] = "/nothing: there is no such directory",
    ["identify --port 0"] = "'0' is no port", ["identify --path /nothing"] = "/nothing: there is no such directory",
    ["probe"] = "missing argument 'host'", ["probe 127.0.0.1"] = "missing argument 'port'",
    ["probe 127.0.0.1 x"] = "'x' is no port", ["probe 127.0.0.1 1-9"] = "'1%-9' is no port",
    ["probe 127.0.0.0/8 80"] = "'127%.0%.0%.0/8' is not one address", ["probe 127.0.0.1 80 nothing"] = "no protocol 'nothing'",
    ["probe 127.0.0.1-127.0.0.9 80"] = "is not one address",
    ["probe 127.0.0.1 1 --path docs"] = "docs: has neither protocols/ nor signatures/ nor scripts/",
    ["version now"] = "too many arguments",
    ["scan --rate -5"] = "%-5 is negative.*sonde scan %-%-help", ["compare --nothing"] = "see: sonde compare %-%-help",
    ["scan 127.0.0.1 -p 1 --certificates"] = "%-%-certificates goes with %-%-full",
    ["scan 127.0.0.1 -p 1 --redirects 2"] = "%-%-redirects goes with %-%-full",
    ["scan 127.0.0.1 -p 1 --full --redirects 6"] = "'6' is not a number from 0 to 5",
    ["scan 127.0.0.1 -p 1 --key-list README.md"] = "%-%-key%-list goes with %-%-full",
    ["probe 127.0.0.1:22 22"] = "'127%.0%.0%.1:22' has a port: that comes after the host",
    ["probe 127.0.0.1 22 ssh --policy lzr"] = "%-%-policy finds a protocol out",
    ["list verdicts --path /nothing"] = "/nothing: there is no such directory",
    ["order --world demo --handshakes wait,nothing"] = "%-%-handshakes: no protocol 'nothing'",
    ["order --world demo --write /nothing/there"] = "/nothing/there: No such file",
    ["compare --policy lzr --policy sonde --world demo --json /nothing/there"] = "/nothing/there: No such file",
    ["compare --policy lzr --policy sonde --recording README.md"] = "README%.md is no recording",
    ["compare --policy lzr --policy sonde"] = "name a %-%-world or a %-%-recording, and not both",
    ["identify --handshake nothing"] = "no protocol 'nothing'; see: sonde list protocols",
    ["identify --handshake ../x"] = "'../x' is no protocol's name",
    ["identify --jsonl --handshake ssh"] = "%-%-jsonl does not go with %-%-handshake",
  }
  for words, sentence in pairs(cases) do
    it("is refused in one sentence: sonde " .. words, function()
      local said = refused(run_with(files, words_of(words)))
      assert.truthy(said:find(sentence), said)
    end)
  end

  it("is refused when a script it loads does not end", function()
    local said = refused(run_with(files, words_of "scan --link sim:demo --policy OWN/endless.lua"))
    assert.truthy(said:find "endless%.lua:1: the script ran too long", said)
  end)
end)

describe("sonde identify", function()
  it("names the service behind bytes on standard input", function()
    local run = program.run({ "identify" }, "SSH-2.0-OpenSSH_9.6p1\r\n")
    local found = program.lines(run.out)[1]
    assert.same({ 0, "ssh", "9.6p1" }, { run.status, found.service, found.fields.version })
  end)

  it("says null for bytes that nobody knows, and for none", function()
    for _, bytes in ipairs { "\1\2\3\4", "" } do
      local run = program.run({ "identify" }, bytes)
      assert.same({ 0, 1 }, { run.status, #program.lines(run.out) })
      assert.truthy(run.out:find '"service":null', 1, true)
    end
  end)

  it("answers lines in their order, with their ids, and says which are malformed", function()
    local run = program.run({ "identify", "--jsonl" }, table.concat({
      '{"id": 7, "data_base64": "U1NILTIuMC14DQo="}', "no JSON", '{"id": "b", "data_base64": "AQID"}',
      '{"id": "c", "data_base64": "***"}', "",
    }, "\n"))
    local found = program.lines(run.out)
    assert.equal(4, #found)
    assert.same({ 7, "ssh", "b" }, { found[1].id, found[1].service, found[3].id })
    assert.truthy(found[2].error:find "^line 2: ")
    assert.truthy(found[4].error:find "^line 4: ")
    assert.equal(1, run.status)
    assert.truthy(run.err:find "2 of 4 lines were malformed")
  end)

  it("answers while its input is still open", function()
    local run = program.shell [[
      mkfifo "$0.in" "$0.answers"
      "$SONDE" identify --jsonl < "$0.in" > "$0.answers" &
      exec 3> "$0.in" 4< "$0.answers"
      echo '{"id": 1, "data_base64": "U1NILTIuMC14DQo="}' >&3
      read -r first <&4 && echo "$first"
      echo '{"id": 2, "data_base64": "AQID"}' >&3
      read -r second <&4 && echo "$second"
      exec 3>&-
      wait $!
    ]]
    local found = program.lines(run.out)
    assert.same({ 0, 1, "ssh", 2 }, { run.status, found[1].id, found[1].service, found[2].id })
  end)
end)

describe("the status line", function()
  it("is no wider than the terminal, so that it can be cleared", function()
    local run = program.shell [[
      cat >"$0.py" <<'END'
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try: some = os.read(fd, 65536)
    except OSError: break
    sys.stdout.buffer.write(some)
END
      case $SONDE in /*) ;; *) SONDE=$PWD/$SONDE ;; esac
      python3 "$0.py" "$SONDE" scan --link sim:demo --seed 1 --max-targets 60000 -o /dev/null
    ]]
    local lines = 0
    for line in run.out:gmatch "\r\27%[K([^\r\n]*targets?[^\r\n]*)" do
      assert.is_true(#line < 40, line)
      lines = lines + 1
    end
    assert.is_true(lines > 0, run.out .. run.err)
  end)
end)

describe("a scan in which no target is left", function()
  it("is no failure, but says so", function()
    local run = run_with({ allowed = "192.0.2.18\n" },
      words_of "scan 127.0.0.1 -p 1 --allowlist OWN/allowed --dry-run")
    assert.same({ 0, "" }, { run.status, run.out })
    assert.truthy(run.err:find "^sonde: no target is left: [^\n]+\n$", run.err)
    run = run_with({ allowed = "192.0.2.18\n" }, words_of "scan 127.0.0.1 -p 1 --allowlist OWN/allowed")
    assert.equal(0, run.status)
    assert.truthy(run.err:find("1 target in [^\n]* 1 excluded by lists%."), run.err)
  end)
end)

describe("output that cannot be written", function()
  it("ends a scan with 1 and a sentence", function()
    local run = program.run { "scan", "--link", "sim:demo", "--seed", "1", "-q", "-o", "/dev/full" }
    assert.same({ 1, "" }, { run.status, run.out })
    assert.truthy(run.err:find "^sonde: [^\n]*/dev/full[^\n]*\n$", run.err)
  end)

  it("ends a scan whose reader went away, with whole lines", function()
    local run = program.shell [[
      { "$SONDE" scan --link sim:demo --seed 1 -q; echo $? >"$0.status"; } | head -n 1
      exit $(cat "$0.status")
    ]]
    assert.equal(1, run.status)
    assert.equal(1, #program.lines(run.out))
    assert.truthy(run.err:find "^sonde: [^\n]+\n$", run.err)
  end)

  it("does not hold a scan beyond two Ctrl-C where the reader does not read", function()
    local run = program.shell [[
      mkfifo "$0.fifo" && exec 3<>"$0.fifo"
      python3 -c '
import os, sys
pipe = os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK)
try:
    while os.write(pipe, b"x"): pass
except BlockingIOError: pass
' "$0.fifo"
      "$SONDE" scan --link sim:demo --seed 1 -q -o "$0.fifo" --trace "$0.trace" &
      pid=$!
      until [ -s "$0.trace" ] && [ "$(stat -c %s "$0.trace")" -gt 1000000 ]; do kill -0 $pid || exit 99; done
      while kill -INT $pid 2>/dev/null; do :; done
      wait $pid
    ]]
    assert.equal(1, run.status)
    assert.truthy(run.err:find "^sonde: [^\n]*takes no more: %d+ bytes of records are lost[^\n]*\n$", run.err)
  end)

  it("ends every other command with 1 and a sentence", function()
    for _, words in ipairs {
      "list protocols", "version", "identify", "scan --link sim:demo --dry-run", "test signatures/ssh.lua",
      "probe --link sim:spec/worlds/behaviours.lua --seed 1 198.18.200.1 9", "experiment port-11211",
    } do
      local run = program.shell("\"$SONDE\" " .. words .. " >/dev/full")
      assert.equal(1, run.status, words)
      assert.truthy(run.err:find "^sonde: standard output cannot be written to: [^\n]+\n$", run.err)
    end
  end)
end)

-- On this machine, with a server of one answer, which prints its port; it ends with its first connection.
local SERVER = [[
python3 -c '
import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
while True:
    c, _ = s.accept()
    c.sendall(b"SSH-2.0-OpenSSH_9.6p1\r\n")
    c.settimeout(5)
    try: c.recv(100)
    except OSError: pass
    c.close()
' > "$0.port" 2>/dev/null &
server=$!
trap 'kill $server' EXIT
until [ -s "$0.port" ]; do kill -0 $server || exit 99; done
port=$(cat "$0.port")
]]

-- The same, but it does not end a connection for as long as something is said in five seconds.
local PATIENT_SERVER = SERVER:gsub("try: c%.recv%(100%)", "try:\n        while c.recv(100): pass")

describe("sonde probe", function()
  it("prints what was sent, received and decided", function()
    local run = program.shell(SERVER .. "\"$SONDE\" probe 127.0.0.1 $port ssh")
    assert.equal(0, run.status, run.err)
    for _, part in ipairs {
      "trying ssh", "opened", "%-%-> port %d+ sent %d+ bytes", "<%-%- port %d+ received %d+ bytes",
      "53 53 48 2d 32 2e 30", "SSH%-2%.0%-Open", "verdict: service", "service: ssh", "attempt 1: ssh", "software: OpenSSH_9",
    } do
      assert.truthy(run.out:find(part), part .. "\n" .. run.out)
    end
  end)

  it("finds the protocol out where none is given", function()
    local run = program.shell(SERVER .. "\"$SONDE\" probe 127.0.0.1 $port")
    assert.truthy(run.out:find "service: ssh", run.out)
  end)

  it("says so where nobody answers, in the trace and at the end", function()
    local run = program.run { "probe", "127.0.0.1", "1" }
    assert.equal(0, run.status)
    assert.truthy(run.out:find "0.0000     refused: a RST came for an answer[^\n]*\n\nverdict: refused\n", run.out)
    assert.is_nil(run.out:find "error", run.out)
    run = program.run { "probe", "--link", "sim:spec/worlds/behaviours.lua", "--seed", "1", "198.18.200.1", "9" }
    assert.truthy(run.out:find "0.0000     filtered: no answer came\n\nverdict: filtered\n", run.out)
  end)

  it("does not pass on to the terminal what a server says to it", function()
    local server = SERVER:gsub("OpenSSH_9%.6p1", "x \\x1b]0;y\\x07\\xc2\\x9bz")
    local run = program.shell(server .. "\"$SONDE\" probe 127.0.0.1 $port ssh")
    assert.truthy(run.out:find("banner: SSH-2.0-x \\x1b]0;y\\x07\\xc2\\x9bz\n", 1, true), run.out)
    assert.is_nil(run.out:find "[%z\1-\9\11-\31\127-\255]", run.out)
  end)

  it("calls no script's error what is none", function()
    local run = program.shell(PATIENT_SERVER .. [[
      "$SONDE" probe 127.0.0.1 $port ssh >"$0.out" & pid=$!
      until grep -q "received" "$0.out"; do kill -0 $pid || exit 99; done
      kill -INT $pid; wait $pid; status=$?
      cat "$0.out"; exit $status
    ]])
    assert.equal(130, run.status, run.err)
    assert.truthy(run.out:find "\nerror: [^\n]+\n", run.out)
    assert.is_nil(run.out:find "script error", run.out)
  end)

  it("goes to a simulated world as well", function()
    local run = program.run { "probe", "--link", "sim:spec/worlds/behaviours.lua", "--seed", "1", "198.18.2.1", "80" }
    assert.same({ 0, "" }, { run.status, run.err })
    assert.truthy(run.out:find "service: ssh", run.out)
  end)

  it("shows a script's error with its file and line", function()
    local files = { ["protocols/ssh.lua"] = [[
return {
  name = "ssh", first = "server", ports = { 22 }, fields = {},
  handshake = function(conn) conn:receive(1) local x = nil .. "" end,
}]] }
    local run = run_with(files, words_of
      "probe --link sim:spec/worlds/behaviours.lua --seed 1 198.18.2.1 80 ssh --path OWN")
    assert.truthy(run.out:find "script error: [^\n]*protocols/ssh%.lua:3: ", run.out)
  end)
end)

describe("a scan of this machine", function()
  local SCAN = "scan 127.0.0.1 -p $port -q"

  it("needs no options", function()
    local run = program.shell(SERVER .. "\"$SONDE\" " .. SCAN)
    assert.equal(0, run.status, run.err)
    local record = program.lines(run.out)[1]
    assert.same({ "127.0.0.1", "service", "ssh" }, { record.address, record.verdict, record.service })
  end)

  it("needs no privileges", function()
    local as_nobody = [[
      if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid 65534 --regid 65534 --clear-groups env ASAN_OPTIONS=$ASAN_OPTIONS "$@"
      fi
      exec "$@"
    ]]
    -- The tree must be readable to others for this.
    local readable = program.shell("setpriv --reuid 65534 --regid 65534 --clear-groups test -x \"$SONDE\"")
    if readable.status ~= 0 and program.shell("test $(id -u) = 0").status == 0 then
      pending "another user cannot reach the program here"
      return
    end
    local run = program.shell(SERVER .. "set -- \"$SONDE\" " .. SCAN .. "\n(" .. as_nobody .. ")")
    assert.equal(0, run.status, run.err)
    assert.equal("ssh", program.lines(run.out)[1].service)
  end)
end)
