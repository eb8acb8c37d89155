-- A result as tables: the goals, and each bench with its contenders, in Markdown that is as readable on a terminal.
local figures = require "spec.bench.figures"
local goals = require "spec.bench.goals"

local tables = {}

-- Benches in the order in which they are shown; one that is not named here comes last.
tables.order = { "send-split", "send-inline", "workers", "receive", "syn", "identify", "mix", "mix-unexpected", "middleboxes",
  "nginx", "open", "records", "start", "rate", "instructions" }

local CONTENDERS = { "ceiling sendmmsg", "ceiling TX ring", "ceiling TPACKET_V3", "ceiling AF_XDP", "link ring", "link xdp",
  "sonde ring", "sonde ring, 1 worker", "sonde ring, 2 workers", "sonde ring --syn-only", "sonde ring, silent hosts",
  "sonde xdp", "sonde xdp, 1 worker", "sonde xdp, 2 workers", "sonde xdp --syn-only", "zmap", "masscan",
  "masscan --banners", "masscan --banners, 10k/s", "zmap | lzr", "nmap -sV", "plain", "full" }

-- What may be measured: key, heading, factor, form of the median, whether the smallest and largest are shown beside it.
local COLUMNS = {
  { "rate", "%ss/s", 1, "%.0f", true },
  { "cpu_us", "CPU us each", 1, "%.2f", true },
  { "user_us", "user us each", 1, "%.2f" },
  { "per_cpu_second", "each CPU s", 1, "%.0f" },
  { "found", "found", 1, "%.0f" },
  { "lost", "lost %%", 100, "%.2f" },
  { "not_delivered", "no room", 1, "%.0f" },
  { "open", "open", 1, "%.0f" },
  { "memory_each", "bytes each", 1, "%.0f", true },
  { "first_packet_s", "first packet s", 1, "%.3f", true },
  { "exit_s", "exit s", 1, "%.3f", true },
  { "least", "slowest second %%", 100, "%+.2f", true },
  { "most", "fastest second %%", 100, "%+.2f", true },
  { "memory_kb", "MiB", 1 / 1024, "%.0f" },
  { "far_memory_kb", "far MiB", 1 / 1024, "%.0f" },
  { "busy_near", "near busy %%", 100, "%.0f" },
  { "busy_far", "far busy %%", 100, "%.0f" },
  { "instructions", "instructions", 1, "%.0f" },
}

-- Rates are shown as ratios to the best of these, too.
local BESIDE = {
  ["send-split"] = {
    { "peers", { "zmap", "masscan" } }, { "TX ring", { "ceiling TX ring" } }, { "AF_XDP", { "ceiling AF_XDP" } },
  },
  receive = { { "TPACKET_V3", { "ceiling TPACKET_V3" } }, { "AF_XDP", { "ceiling AF_XDP" } } },
  syn = { { "peers", { "zmap", "masscan" } } },
  identify = { { "masscan", { "masscan --banners", "masscan --banners, 10k/s" } } },
  nginx = { { "masscan", { "masscan --banners" } } },
}
BESIDE["send-inline"] = BESIDE["send-split"]

local function number(value, form)
  local text = form:format(value)
  if not form:find "%.0f" then return text end
  local sign, digits = text:match "^([-+]?)(%d+)$"
  if not digits then return text end
  return sign .. digits:reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
end

local function cell(spread, column)
  if not spread then return "" end
  local factor, form = column[3], column[4]
  local text = number(spread.median * factor, form)
  if not column[5] or spread.least == spread.most then return text end
  return ("%s (%s to %s)"):format(text, number(spread.least * factor, form), number(spread.most * factor, form))
end

-- Rows of text as a Markdown table; the first row is its head, the first columns (1 if `left` is nil) are flush left.
function tables.format(rows, left)
  left = left or 1
  local widths = {}
  for _, row in ipairs(rows) do
    for i, text in ipairs(row) do widths[i] = math.max(widths[i] or 3, #text) end
  end
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for j, text in ipairs(row) do
      local room = (" "):rep(widths[j] - #text)
      cells[j] = j <= left and text .. room or room .. text
    end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    if i == 1 then
      for j, width in ipairs(widths) do cells[j] = ("-"):rep(width - 1) .. (j <= left and "-" or ":") end
      lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

-- Whether a bench has a measure; far memory that is nothing everywhere is not worth a column.
local function has(result, name, key)
  for contender in pairs(result.benches[name].runs) do
    local spread = figures.of(result, name, contender, key)
    if spread and (spread.most ~= 0 or key ~= "far_memory_kb") then return true end
  end
  return false
end

local function head(result, name, columns)
  local row = { "" }
  for _, column in ipairs(columns) do row[#row + 1] = column[2]:format(result.benches[name].unit) end
  for _, beside in ipairs(BESIDE[name] or {}) do row[#row + 1] = "x " .. beside[1] end
  return row
end

local function line(result, name, contender, columns)
  local row = { contender }
  for _, column in ipairs(columns) do row[#row + 1] = cell(figures.of(result, name, contender, column[1]), column) end
  for _, beside in ipairs(BESIDE[name] or {}) do
    local ratio = figures.ratio(figures.median(result, name, contender, "rate"),
      figures.best(result, name, beside[2], "rate", math.max))
    row[#row + 1] = ratio and ("%.2f"):format(ratio) or ""
  end
  return row
end

-- One bench as a table, and a line for each contender that failed.
function tables.bench(result, name)
  local bench, columns = result.benches[name], {}
  for _, column in ipairs(COLUMNS) do
    if has(result, name, column[1]) then columns[#columns + 1] = column end
  end
  local rows, failed = { head(result, name, columns) }, {}
  for _, contender in ipairs(figures.contenders(bench, CONTENDERS)) do
    if bench.failed[contender] then
      failed[#failed + 1] = ("%s failed in run %d: %s\n"):format(contender, #bench.runs[contender] + 1, bench.failed[contender])
    end
    if #bench.runs[contender] > 0 then
      rows[#rows + 1] = line(result, name, contender, columns)
    end
  end
  return tables.format(rows) .. (#failed > 0 and "\n" .. table.concat(failed) or "")
end

-- Names of the benches that were run, in order.
function tables.names(result)
  local found, seen = {}, {}
  for _, name in ipairs(tables.order) do
    seen[name] = true
    if result.benches[name] then found[#found + 1] = name end
  end
  for name in pairs(result.benches) do assert(seen[name], name .. " has no place in the order") end
  return found
end

-- What a check came to: "reached", "missed by 12%", "missed by 3" (of what is counted or is a share already), "not measured".
function tables.verdict(one)
  local verdict = goals.judge(one)
  if verdict ~= "missed" then return verdict end
  local off = math.abs(one.value - one.limit)
  if one.absolute or one.limit == 0 then return "missed by " .. number(off, one.form) end
  return ("missed by %.1f%%"):format(off / math.abs(one.limit) * 100)
end

local function is_measured(goal)
  for _, one in ipairs(goal.checks) do
    if one.value then return true end
  end
  return false
end

-- The checks as one table: of all goals, or of those of which something was measured.
function tables.goals(result, all)
  local rows = { { "work", "goal", "wanted", "measured", "" } }
  for _, goal in ipairs(goals.of(result)) do
    for i, one in ipairs((all or is_measured(goal)) and goal.checks or {}) do
      local wanted = one.sense .. " " .. number(one.limit, one.limit % 1 == 0 and "%.0f" or "%g")
      rows[#rows + 1] = { i == 1 and goal.work or "", one.text, wanted, one.value and number(one.value, one.form) or "",
        tables.verdict(one) }
    end
  end
  return tables.format(rows, 2)
end

return tables
