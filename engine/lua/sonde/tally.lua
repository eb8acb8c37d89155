-- Counts by one or two keys: cross-tabulation for experiments.
--
--   tally:add(row, column, n)   n is 1 where it is not given; column may be left out
--   tally:get(row, column)      nil for either: the sum over all of them
--   tally:rows(column), tally:columns(row)   keys with a count, largest count first, equal counts by name
--   tally:distribution()        row -> share of the whole

local tally = {}
tally.__index = tally

local NONE = ""   -- the column of what was added without one

function tally.new()
  return setmetatable({ cells = {}, row_sums = {}, column_sums = {}, total = 0 }, tally)
end

local function bump(map, key, n)
  map[key] = (map[key] or 0) + n
end

function tally:add(row, column, n)
  if column == nil then column = NONE end
  n = n or 1
  local cells = self.cells[row]
  if not cells then
    cells = {}
    self.cells[row] = cells
  end
  bump(cells, column, n)
  bump(self.row_sums, row, n)
  bump(self.column_sums, column, n)
  self.total = self.total + n
end

function tally:get(row, column)
  if row == nil and column == nil then return self.total end
  if row == nil then return self.column_sums[column] or 0 end
  if column == nil then return self.row_sums[row] or 0 end
  return self.cells[row] and self.cells[row][column] or 0
end

local function by_count(counts)
  local keys = {}
  for key, count in pairs(counts) do
    if count > 0 then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    if type(a) == type(b) then return a < b end
    return tostring(a) < tostring(b)
  end)
  return keys
end

function tally:rows(column)
  if column == nil then return by_count(self.row_sums) end
  local counts = {}
  for row, cells in pairs(self.cells) do counts[row] = cells[column] or 0 end
  return by_count(counts)
end

function tally:columns(row)
  return by_count(row == nil and self.column_sums or self.cells[row] or {})
end

function tally:distribution()
  local shares = {}
  for row, count in pairs(self.row_sums) do shares[row] = count / self.total end
  return shares
end

return tally
