-- sonde scan: targets in, one JSON line per answering target out.

local core = require "sonde.core"
local options = require "sonde.cli.options"
local print_out = require "sonde.cli.print_out"
local progress = require "sonde.cli.progress"
local report = require "sonde.cli.report"

local check = options.check

local scan = {}

local STEP = 0.25    -- seconds between looks at signals and the status line
local LAST_WAIT = 1  -- seconds for a reader of the records, after the second Ctrl-C
local GRACE = "5s"   -- after the first Ctrl-C, for what is open

local EPILOG = [[
Examples:
  sonde scan 127.0.0.1 -p 1-10000
  sonde scan 192.0.2.0/24 -p @web,22 -o records.jsonl --rate 1k
  zmap -p 80 -s 61000-65535 -O json ... | sonde scan --input zmap -l -
  sonde scan --link sim:demo --summary summary.json]]

function scan.declare(parser)
  local command = parser:command("scan", "Scan targets: addresses, CIDR blocks, ranges, names.", EPILOG)
  command:argument("target", "Address, CIDR block, range a-b, host name or address:port."):args "*"
  command:option("-p --ports", "Ports: 80,443,8000-8100, all, or a set such as @web."):argname "PORTS"
  command:option("-l --list", "File of targets, one a line; - is standard input; may be repeated."):argname "FILE":count "*"
  command:option("--input", "What -l holds: list (default) or zmap (ZMap's JSON or CSV lines, used as they arrive).")
    :argname "FORMAT":choices { "list", "zmap" }
  command:option("--policy", "Policy by name or file. Default: sonde."):argname "NAME|FILE"
  command:option("--rate", "Packets per second over all packets, e.g. 10k; 0: no limit. Default: 10k."):argname "N"
    :convert(check.number("--rate", "500, 10k, 1.5M"))
  command:option("--bandwidth", "Bits per second on the wire, e.g. 10M."):argname "BITS"
    :convert(check.number("--bandwidth", "500k, 10M, 1G"))
  command:option("-o --output", "Where records go; - is standard output (default)."):argname "FILE"
  command:option("--allowlist", "File of the only addresses to send to; may be repeated."):argname "FILE":count "*"
  command:option("--shard", "Scan only part i of n, e.g. 2/4: split by address."):argname "I/N"
  command:option("--max-targets", "Stop after so many targets."):argname "N"
    :convert(check.number("--max-targets", "500, 10k"))
  command:option("--max-results", "Stop after so many services."):argname "N"
    :convert(check.number("--max-results", "500, 10k"))
  command:option("--workers", "Processes that scan. Default: one for each core with the raw transport, else 1."):argname "N"
    :convert(check.workers)
  command:option("--max-open", "Connections open at once."):argname "N"
    :convert(check.number("--max-open", "500, 10k"))
  command:option("--cooldown", "Listen so long after the last SYN. Default: 3s."):argname "TIME"
    :convert(check.duration "--cooldown")
  command:flag("--full", "Finish the handshake of the service found (default: stop at the first answer).")
  command:flag("--certificates", "With --full: put whole certificate chains into the records (DER, base64).")
  command:option("--key-list", "File of known public keys, SHA-256 and label a line: marks them as tls.known_key.")
    :argname "FILE"
  command:flag("--syn-only", "Say who answers the SYN, and ask nothing more: no policy, no handshake.")
  command:flag("--all", "Record refused and filtered targets too.")
  command:flag("--dry-run", "Print the targets in order, send nothing.")
  command:option("--summary", "Write parameters, versions, times, counters and services as JSON."):argname "FILE"
  command:option("--record", "Keep what every handshake got, to be replayed: sonde compare, sonde order."):argname "FILE"
  command:flag("-q --quiet", "No status line, no table at the end.")
  options.declare_network(command)
end

local function core_options(given)
  return options.for_core(given, {
    targets = given.target, ports = given.ports, lists = given.list, input = given.input or "list",
    policy = given.policy or "sonde", rate = given.rate or "10k", bandwidth = given.bandwidth,
    output = given.output or "-", allowlists = given.allowlist, shard = given.shard,
    max_targets = given.max_targets, max_results = given.max_results, max_open = given.max_open,
    workers = given.workers, cooldown = given.cooldown or "3s", record = given.record, full = given.full,
    certificates = given.certificates,
    key_list = given.key_list, syn_only = given.syn_only, all = given.all, grace = GRACE,
  })
end

local function dry_run(given)
  local failed, printed
  local ok, sentence = core.dry_run(core_options(given), function(line)
    local written, problem = io.stdout:write(line, "\n")
    printed = true
    failed = not written and problem
    return written ~= nil
  end)
  if not ok then return 2, sentence end
  if not printed then io.stderr:write "sonde: no target is left: lists exclude all of them, or they are in other shards\n" end
  return print_out.finish(failed)
end

-- Says what there is to say since the first so many notes; returns how many there are.
local function say_notes(running, status, said)
  local notes = running:notes()
  for i = said + 1, #notes do status:say(notes[i]) end
  return #notes
end

-- Runs to the end, to Ctrl-C, or to a failure. Returns how it ended: "done", "interrupted" or "failed", and a sentence.
local function run_to_end(running, status)
  local stopping, noted = false, say_notes(running, status, 0)
  while true do
    local state, sentence = running:step(STEP)
    noted = say_notes(running, status, noted)
    if not state then return "failed", sentence end
    if state == "done" then return stopping and "interrupted" or "done" end
    local interrupts = core.signals()
    if interrupts > 1 then return "interrupted" end
    if interrupts == 1 and not stopping then
      stopping = true
      status:say "stopping: finishing what is open (Ctrl-C again to quit at once)"
      running:stop()
    end
    status:update(running, state)
  end
end

-- Opens the summary's file. Before the scan, because raw scanning gives up the right to open files.
local function open_summary(path)
  local file, message = io.open(path, "w")
  if file then file:setvbuf "full" end
  return file, message
end

-- Gives whoever reads the records time to take them, until it is interrupted twice. Returns whether all are written.
local function hand_over(running)
  while not running:flush(STEP) do
    if core.signals() > 1 then return running:flush(LAST_WAIT) end
  end
  return true
end

local function write_summary(file, path, summary)
  local ok, problem = file:write(core.json.encode(summary), "\n")
  local closed, closing = file:close()
  if ok and closed then return true end
  return nil, path .. ": " .. tostring(problem or closing)
end

local function utc(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", seconds)
end

-- What --syn-only, which runs no script, leaves nothing to do for.
local function check_syn_only(given)
  for _, name in ipairs { "policy", "full", "certificates", "key_list", "max_results", "max_open" } do
    if given.syn_only and given[name] then
      return ("--syn-only ends every target with its SYN-ACK, so --%s does not go with it"):format((name:gsub("_", "-")))
    end
  end
end

function scan.run(given)
  local conflict = check_syn_only(given)
  if conflict then return 2, conflict end
  if given.certificates and not given.full then return 2, "--certificates goes with --full: there is no TLS session without" end
  if given.key_list and not given.full then return 2, "--key-list goes with --full: there is no TLS session without" end
  if given.redirects and not given.full then return 2, "--redirects goes with --full: the first answer leads nowhere" end
  if given.record and given.full then return 2, "--record keeps first answers, so it does not go with --full" end
  if given.dry_run then return dry_run(given) end
  local started, began = os.time(), core.clock()
  local file
  if given.summary then
    local message
    file, message = open_summary(given.summary)
    if not file then return 2, message end
  end
  local chosen = core_options(given)
  local running, sentence = core.scan(chosen)
  if not running then return 2, sentence end
  core.catch_signals()
  local status = progress.new(given.quiet)
  local ended, failure = run_to_end(running, status)
  running:finish()
  status:clear()
  local summary = report.summary(running, chosen, {
    state = ended, failure = failure, started = utc(started), ended = utc(os.time()), seconds = core.clock() - began,
  })
  local closed, problem = running:close(not hand_over(running))
  if not closed and ended ~= "failed" then ended, failure = "failed", problem end
  summary.state, summary.failure = ended, failure
  if not given.quiet then report.print(io.stderr, summary) end
  if file then
    local ok, message = write_summary(file, given.summary, summary)
    if not ok then return 1, message end
  end
  if ended == "failed" then return 1, failure end
  return ended == "interrupted" and 130 or 0
end

return scan
