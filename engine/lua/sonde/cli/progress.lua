-- The live status line, on standard error, where that is a terminal.

local core = require "sonde.core"

local progress = {}
progress.__index = progress

local COLUMNS = 80   -- where the terminal does not say

-- quiet: says nothing at all.
function progress.new(quiet)
  return setmetatable({ quiet = quiet, live = not quiet and core.is_terminal(2), began = core.clock() }, progress)
end

local function grouped(n)
  local text = ("%d"):format(n)
  local lead = #text % 3
  local rest = text:sub(lead + 1):gsub("(%d%d%d)", ",%1")
  text = text:sub(1, lead) .. rest
  return (text:gsub("^,", ""))
end
progress.grouped = grouped

-- A sentence on a line of its own.
function progress:say(sentence)
  if self.quiet then return end
  self:clear()
  io.stderr:write("sonde: ", sentence, "\n")
end

function progress:clear()
  if self.shown then io.stderr:write "\r\27[K" end
  self.shown = false
end

local function duration(seconds)
  if seconds < 60 then return ("%ds"):format(seconds) end
  if seconds < 3600 then return ("%dm%02ds"):format(seconds / 60, seconds % 60) end
  return ("%dh%02dm"):format(seconds / 3600, seconds % 3600 / 60)
end

function progress:update(running, state)
  if not self.live then return end
  local now = running:progress()
  local elapsed = core.clock() - self.began
  local share = now.total > 0 and math.min(1, now.taken / now.total) or nil
  local parts = {}
  if share then parts[#parts + 1] = ("%5.1f%%"):format(share * 100) end
  parts[#parts + 1] = duration(elapsed)
  parts[#parts + 1] = grouped(now.taken) .. (now.total > 0 and " of " .. grouped(now.total) or "") .. " targets"
  parts[#parts + 1] = grouped(now.active) .. " open"
  parts[#parts + 1] = grouped(now.records) .. " records"
  parts[#parts + 1] = grouped(now.services) .. " services"
  if state == "waiting" then
    parts[#parts + 1] = "waiting for late answers"
  elseif share and share > 0.02 and elapsed > 2 then
    parts[#parts + 1] = duration(elapsed * (1 - share) / share) .. " left"
  end
  local columns = core.columns(2) or COLUMNS   -- a line that wraps could not be cleared
  io.stderr:write("\r\27[K", table.concat(parts, "  "):sub(1, columns - 1))
  io.stderr:flush()
  self.shown = true
end

return progress
