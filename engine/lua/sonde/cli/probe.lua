-- sonde probe: one target, the whole handshake, and a readable trace of what was sent, received and decided.

local core = require "sonde.core"
local exchange = require "sonde.exchange"
local options = require "sonde.cli.options"
local print_out = require "sonde.cli.print_out"

local probe = {}

local SHOWN_MAX = 256   -- bytes of one message that the trace shows

local EPILOG = [[
Examples:
  sonde probe 127.0.0.1 22
  sonde probe example.net 25 smtp
  sonde probe 127.0.0.1 8080 http --path my-protocols
  sonde probe 127.0.0.1 3493 nut --path . --save spec/replays/nut.jsonl]]

local function check_host(text)
  text = text:match "^%[(.*)%]$" or text
  if text:find "^[^:]+:%d+$" then return nil, ("'%s' has a port: that comes after the host"):format(text) end
  if not text:find "[/,%s]" and not text:find "^[%x.:]*[.:][%x.:]*%-[%x.:]*[.:]" then return text end
  return nil, ("'%s' is not one address or name: sonde scan takes many"):format(text)
end

function probe.declare(parser)
  local command = parser:command("probe", "Try one target and show everything that happens.", EPILOG)
  command:argument("host", "Address or name."):convert(check_host)
  command:argument("port", "TCP port."):convert(options.check.port)
  command:argument("protocol", "Protocol to speak. Default: find out with a policy, then finish its handshake."):args "?"
  command:option("--policy", "Policy to find out with. Default: wait-first."):argname "NAME|FILE"
  command:option("--save", "Keep the exchange, byte for byte, as a new file that sonde test and specs replay.")
    :argname "FILE"
  options.declare_network(command)
end

-- Standard output, of which a failure is remembered until the end.
local out = {}

function out.write(...)
  local ok, problem = io.stdout:write(...)
  if not ok then out.problem = out.problem or problem end
end

local function hexdump(bytes)
  local lines = {}
  for start = 1, math.min(#bytes, SHOWN_MAX), 16 do
    local row = bytes:sub(start, math.min(start + 15, SHOWN_MAX))
    local hex = row:gsub(".", function(byte) return ("%02x "):format(byte:byte()) end)
    local text = row:gsub("[^\32-\126]", ".")
    lines[#lines + 1] = ("      %04x  %-48s %s"):format(start - 1, hex, text)
  end
  if #bytes > SHOWN_MAX then lines[#lines + 1] = ("      ... %d more bytes"):format(#bytes - SHOWN_MAX) end
  return table.concat(lines, "\n")
end

local marks = {
  sent = "-->", received = "<--", ["sent inside TLS"] = "==>", ["received inside TLS"] = "<==",
}

-- What C says of a stream, where that is not clear by itself.
local words = {
  finished = "the peer closed its side", reset = "the peer reset it", ended = "closed by us", aborted = "reset by us",
}

-- Prints one event: seconds since the start, what happened on which local port, and the bytes; and tells the recorder.
local function narrator(recorder)
  local first
  io.stdout:setvbuf "line"   -- a person watches, through a pipe as well
  return function(seconds, port, what, bytes)
    first = first or seconds
    recorder:note(seconds, what, bytes)
    if port > 0 then what = words[what] or what end
    local about = port > 0 and ("port %d "):format(port) or ""
    local size = #bytes > 0 and marks[what] and (" %d bytes"):format(#bytes) or ""
    out.write(("%9.4f %s %s%s%s\n"):format(seconds - first, marks[what] or "   ", about, what, size))
    if #bytes > 0 then out.write(hexdump(bytes), "\n") end
  end
end

local function escaped(bytes)
  return (bytes:gsub(".", function(byte) return ("\\x%02x"):format(byte:byte()) end))
end

-- A value after its name, without what a terminal would obey: it comes from a server.
local function show(value, indent)
  if type(value) ~= "table" then return " " .. tostring(value):gsub("[%c\127]", escaped):gsub("\194[\128-\159]", escaped) end
  local keys, lines = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    lines[#lines + 1] = ("\n%s%s:%s"):format(indent, tostring(key), show(value[key], indent .. "  "))
  end
  return #lines > 0 and table.concat(lines) or " (none)"
end

-- Whether a record's error is a script's: else the scan ended, or this machine could not try.
local function by_script(found)
  local last = found.attempts[#found.attempts]
  return found.verdict == "script_error" or last ~= nil and last.outcome == "script_error"
end

local function print_record(line)
  local found = require("cjson").decode(line)
  found.data, found.data_base64 = nil, nil
  out.write("\nverdict: ", found.verdict, "\n")
  if found.service then out.write("service: ", found.service, "\n") end
  if found.error then out.write(by_script(found) and "script error: " or "error: ", found.error, "\n") end
  for i, attempt in ipairs(found.attempts) do
    out.write(("attempt %d: %s -> %s%s%s%s\n"):format(i, attempt.handshake, attempt.outcome,
      attempt.what and " (" .. attempt.what .. ")" or "", attempt.acked and ", data acknowledged" or "",
      attempt.service and ", named " .. attempt.service or ""))
  end
  out.write("fields:", show(found.fields, "  "), "\n")
  if found.tls then out.write("tls:", show(found.tls, "  "), "\n") end
  return found
end

-- A new file, which the engine's recorder will write as well; nil and a sentence where there is one already.
local function create(path)
  local there = io.open(path, "rb")
  if there then
    there:close()
    return nil, path .. ": there is such a file already; --save writes a new one"
  end
  return io.open(path, "w+b")
end

-- Adds the exchanges to the target's line of a recording that is complete. The file was opened when that was still allowed.
local function add_exchanges(file, exchanges)
  for _, each in ipairs(exchanges) do core.json.array(each.events) end
  file:seek "set"
  local text = file:read "*a"
  local more = ',"exchanges":' .. core.json.encode(core.json.array(exchanges)) .. "}\n"
  local longer, lines = text:gsub("^([^\n]*\n.*)}\n$", function(rest) return rest .. more end)
  if lines == 0 then return nil, "is not kept: the probe did not come to its end" end
  file:seek "set"
  local ok, problem = file:write(longer)
  local closed, closing = file:close()
  return ok and closed, problem or closing
end

local function save(path, file, exchanges)
  local ok, problem = add_exchanges(file, exchanges)
  if not ok then
    os.remove(path)
    return nil, path .. ": " .. tostring(problem)
  end
  local names = {}
  for i, each in ipairs(exchanges) do names[i] = each.handshake end
  out.write(("\nsaved: %s (%s)\n"):format(path, #names > 0 and table.concat(names, ", ") or "nothing was said"))
  return true
end

function probe.run(given)
  if given.protocol and given.policy then return 2, "--policy finds a protocol out, so it does not go with one" end
  local lines, recorder, file = {}, exchange.recorder(), nil
  if given.save then
    local problem
    file, problem = create(given.save)   -- before raw scanning gives up the right to
    if not file then return 2, problem end
  end
  local chosen = options.for_core(given, {
    targets = { given.host }, ports = tostring(given.port), input = "list",
    policy = not given.protocol and (given.policy or "wait-first") or nil, record = given.save,
    protocol = given.protocol, full = true, all = true, rate = "0", cooldown = "0s", grace = "1s", host = given.host,
    max_targets = "1", no_default_blocklist = true,
    observe = narrator(recorder), sink = function(line) lines[#lines + 1] = line end,
  })
  local running, sentence = core.scan(chosen)
  if not running then
    if file then os.remove(given.save) end
    return 2, sentence
  end
  core.catch_signals()
  for _, note in ipairs(running:notes()) do out.write(note, "\n") end
  local state, failure
  repeat
    state, failure = running:step(0.2)
    if core.signals() > 0 then running:stop() end
  until not state or state == "done" or core.signals() > 1
  local found
  for _, line in ipairs(state and lines or {}) do found = print_record(line) end
  local saved, problem = true, nil
  local closed, closing = running:close(false)
  if file and closed then saved, problem = save(given.save, file, recorder:finish(given.host, found and found.tls)) end
  if not state then return 1, failure end
  if not closed then return 1, closing end
  if not saved then return core.signals() > 0 and 130 or 1, problem end
  if core.signals() > 0 then return 130 end
  return print_out.finish(out.problem)
end

return probe
