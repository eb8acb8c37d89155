-- Figures of a result: the median of the runs, with the smallest and the largest.
local figures = {}

-- {median, least, most} of a list of numbers; nil for an empty one.
function figures.spread(values)
  if #values == 0 then return nil end
  local sorted = {}
  for i, value in ipairs(values) do sorted[i] = value end
  table.sort(sorted)
  local middle = #sorted / 2
  local median = #sorted % 2 == 1 and sorted[math.ceil(middle)] or (sorted[middle] + sorted[middle + 1]) / 2
  return { median = median, least = sorted[1], most = sorted[#sorted] }
end

-- The spread of one measure of a contender; nil where no run has it.
function figures.of(result, bench, contender, key)
  local runs = result.benches[bench] and result.benches[bench].runs[contender]
  local values = {}
  for _, run in ipairs(runs or {}) do values[#values + 1] = run[key] end
  return figures.spread(values)
end

function figures.median(result, bench, contender, key)
  local spread = figures.of(result, bench, contender, key)
  return spread and spread.median
end

-- The best median of several contenders: `better` is math.max or math.min. nil where none was measured.
function figures.best(result, bench, contenders, key, better)
  local best
  for _, contender in ipairs(contenders) do
    local median = figures.median(result, bench, contender, key)
    if median then best = best and better(best, median) or median end
  end
  return best
end

-- a / b, nil where one of them is missing or b is nothing.
function figures.ratio(a, b)
  return a and b and b ~= 0 and a / b or nil
end

-- Contenders of a bench, those that failed at the end; by `order` where it names them, else by name.
function figures.contenders(bench, order)
  local place, names = {}, {}
  for i, name in ipairs(order) do place[name] = i end
  for name in pairs(bench.runs) do names[#names + 1] = name end
  table.sort(names, function(a, b)
    local a_place, b_place = place[a] or #order + 1, place[b] or #order + 1
    if a_place ~= b_place then return a_place < b_place end
    local a_number, b_number = tonumber(a:match "^%d+"), tonumber(b:match "^%d+")
    if a_number and b_number and a_number ~= b_number then return a_number < b_number end
    return a < b
  end)
  return names
end

return figures
