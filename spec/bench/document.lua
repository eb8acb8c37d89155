-- docs/performance.md: the words around the tables of a result.
local goals = require "spec.bench.goals"
local limits = require "spec.bench.limits"
local tables = require "spec.bench.tables"

local INTRODUCTION = [[
# Performance

What Sonde takes and gives beside ZMap, masscan and nmap, and beside what this kernel gives a program that does nothing but send
or receive. `make bench` measures it, in network namespaces of its own (root, two cores, ten minutes; `make bench-quick`: two
minutes, two runs of each figure). This page is written by `spec/bench/run --document` from the last full run;
[performance.json](performance.json) has every run of it.

![The figures as bars](performance.svg)
]]

local READING = [[
## How to read it

- Only ratios carry over to other machines: contenders take turns, so what else the machine did hit them alike. A figure is the
  median of its runs; in brackets the smallest and the largest.
- Frames are counted at the far side, by an XDP program behind a veth pair: what a sender believes to have sent is not asked. A
  rate is what was counted, from the first SYN to the last SYN or request.
- CPU is user and system time of the scanner and its children, and the kernel's receiving thread on the scanner's core. What
  interrupts a task is in the task's own time on this kernel. "user us" is the scanner's own part.
- `near busy` and `far busy`: how much of a core each side took between the first SYN and the last request. Near 100% is the
  side that was saturated. Where one core does both, there is but one side.
- `no room` counts answers for which the scanner's end of the veth pair, 256 frames, had no room: lost on the bench's wire. A
  scanner that sends long bursts within one system call, or a core that others need, too, makes them.
- `MiB` is the sum of the peaks (VmHWM) of all processes of the contender.
- `x peers`, `x TX ring`, ...: the rate divided by the best of these.
- "ceiling" is a bare sender or receiver of a few dozen lines (`spec/bench/ceiling_*.c`): one frame, of which only the address
  and the checksums change. "link" is Sonde's link with nothing above it.
- Each host of the /15 is an XDP program that answers (`spec/bench/responder.bpf.c`); `nginx` is the real one, on an address
  range of the kernel's own.
- Sonde runs with one worker, `--rate 0`, `--retries 0`; zmap with one thread; masscan with its fastest rate, and for banners
  with a rate at which it loses less, too. nmap asks a sample of the hosts; what counts is services per second of CPU.
- "Connections held open": each waits, and is then asked for HTTP, so that always as many are open as the row says; the cost is
  that of a whole target, from SYN to record. The policy asks its first question apart
  ([writing a policy](writing-a-policy.md#the-first-question-apart)), so that no coroutine waits; "coroutines": one does for each.
- "Rate kept": windows of one second, in steps of 10 ms, over all packets, while nobody reads the output. Sonde is stopped
  (SIGSTOP) for 0.3 s, and later the far side takes no packets (ENOBUFS) for 0.3 s: the slowest second is one without a
  disturbance, the fastest one any. The peers are left in peace.
]]

local BUSY = "\nThe machine had other work to do during this run: absolute figures and rates are too low, and answers were lost "
  .. "for want of a core.\n"
local BUSY_LOAD = 0.5

local document = {}

local function machine(result)
  local facts, versions = result.machine, {}
  for name, version in pairs(result.versions) do versions[#versions + 1] = name .. " " .. version:gsub("^" .. name .. " ", "") end
  table.sort(versions)
  local words = "## The machine\n\n%s, Linux %s, %s, %d cores, %.0f GiB; load before the run %.2f. %s. %d runs of each figure, "
    .. "%d of the longest (the mix, a million open, and what is no goal), %s, commit %s.\n"
  return words:format(facts.system, facts.kernel, facts.processor, facts.cores, facts.memory_kb / 1024 ^ 2, facts.load_before,
    table.concat(versions, ", "), result.runs, result.runs_long, result.time, result.commit)
    .. (facts.load_before > BUSY_LOAD and BUSY or "")
end

local function settings(result)
  for _, name in ipairs(tables.names(result)) do
    local lab = result.benches[name].lab
    if lab then
      local words = {}
      for key, value in pairs(lab.settings.far0) do
        if key ~= "threaded_napi" and key ~= "qdisc" and key ~= "queues" then words[#words + 1] = key .. " " .. value end
      end
      table.sort(words)
      return "\nBoth ends of the veth pair: " .. table.concat(words, ", ")
        .. ". Where two cores share the work, each end receives in a kernel thread of its own, pinned to its core.\n"
    end
  end
  return ""
end

-- What is missed, and why.
local function missed(result)
  local lines = {}
  for _, goal in ipairs(goals.of(result)) do
    local before = #lines
    for _, one in ipairs(goal.checks) do
      if goals.judge(one) == "missed" then
        lines[#lines + 1] = ("- %s: %s: %s."):format(goal.work, one.text, tables.verdict(one))
      end
    end
    if #lines > before and limits[goal.key] then lines[#lines + 1] = "\n  " .. limits[goal.key] .. "\n" end
  end
  if #lines == 0 then return "" end
  return "\n## What is missed, and why\n\n" .. table.concat(lines, "\n") .. "\n"
end

function document.text(result)
  local parts = {
    INTRODUCTION, "\n", machine(result), settings(result), "\n## Goals\n\n", tables.goals(result, true), missed(result), "\n",
    READING, "\n## Figures\n",
  }
  for _, name in ipairs(tables.names(result)) do
    parts[#parts + 1] = ("\n### %s\n\n%s"):format(result.benches[name].title, tables.bench(result, name))
  end
  return table.concat(parts)
end

return document
