-- A result as a picture: SVG, a panel for each bench that has something to compare.
local figures = require "spec.bench.figures"

local plot = {}

local WIDTH, LEFT, RIGHT, BAR, GAP, HEAD = 760, 210, 90, 16, 6, 40
local COLORS = { sonde = "#1b6ca8", ceiling = "#b8b8b8", link = "#b8b8b8", peer = "#d98c3f" }

-- bench, measure, title, whether the axis is logarithmic.
local PANELS = {
  { "send-split", "rate", "SYNs per second, sink on the other core" },
  { "send-inline", "rate", "SYNs per second, one core for both" },
  { "receive", "rate", "Frames received per second" },
  { "syn", "cpu_us", "SYN scan: microseconds of CPU per host found (less is better)" },
  { "identify", "per_cpu_second", "HTTP services identified per CPU second (logarithmic)", true },
  { "open", "cpu_us", "Microseconds of CPU per target with so many connections open (less is better)" },
}

local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function short(value)
  if value >= 1e6 then return ("%.2fM"):format(value / 1e6) end
  if value >= 1e4 then return ("%.0fk"):format(value / 1e3) end
  return ("%.3g"):format(value)
end

local function color(contender)
  return COLORS[contender:match "^%a+"] or contender:find " open$" and COLORS.sonde or COLORS.peer
end

-- How long a bar is; a logarithmic axis begins at 1.
local function scale(most, logarithmic)
  local room = WIDTH - LEFT - RIGHT
  return function(value)
    if logarithmic then return math.max(0, math.log(math.max(1, value)) / math.log(most) * room) end
    return value / most * room
  end
end

local function bar(out, y, contender, spread, length)
  local least, most, median = length(spread.least), length(spread.most), length(spread.median)
  out[#out + 1] = ('<text x="%d" y="%d" text-anchor="end">%s</text>'):format(LEFT - 8, y + 12, escape(contender))
  out[#out + 1] = ('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>'):format(LEFT, y, median, BAR, color(contender))
  out[#out + 1] = ('<path d="M%.1f %dH%.1f" stroke="#222" stroke-width="2"/>'):format(LEFT + least, y + BAR / 2, LEFT + most)
  out[#out + 1] = ('<text x="%.1f" y="%d">%s</text>'):format(LEFT + math.max(most, median) + 6, y + 12, short(spread.median))
end

local function panel(out, y, result, name, key, title, logarithmic)
  local spreads, names, most = {}, {}, 0
  for _, contender in ipairs(figures.contenders(result.benches[name], {})) do
    local spread = figures.of(result, name, contender, key)
    if spread then
      names[#names + 1], spreads[contender] = contender, spread
      most = math.max(most, spread.most)
    end
  end
  if most <= (logarithmic and 1 or 0) then return y end
  out[#out + 1] = ('<text x="12" y="%d" class="title">%s</text>'):format(y + 26, escape(title))
  local length = scale(most, logarithmic)
  for i, contender in ipairs(names) do bar(out, y + HEAD + (i - 1) * (BAR + GAP), contender, spreads[contender], length) end
  return y + HEAD + #names * (BAR + GAP)
end

-- The picture as text.
function plot.svg(result)
  local out, y = {}, 0
  for _, each in ipairs(PANELS) do
    if result.benches[each[1]] then y = panel(out, y, result, each[1], each[2], each[3], each[4]) end
  end
  local size = ('width="%d" height="%d" viewBox="0 0 %d %d"'):format(WIDTH, y + 16, WIDTH, y + 16)
  return '<svg xmlns="http://www.w3.org/2000/svg" ' .. size .. " "
    .. 'font-family="sans-serif" font-size="12">\n<style>.title { font-size: 14px; font-weight: bold }</style>\n'
    .. '<rect width="100%" height="100%" fill="white"/>\n' .. table.concat(out, "\n") .. "\n</svg>\n"
end

return plot
