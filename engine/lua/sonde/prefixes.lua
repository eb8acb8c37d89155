-- Which network an address is in: a table of prefixes as CSV has it (prefix,as,name), joined by the longest match.
--
--   prefixes.read(text)    a table of networks, or nil and a sentence; a first line without a prefix is a heading
--   networks:find(address) the row { prefix, as, name } of the longest prefix that holds it, or nil
--   prefixes.write(rows)   the CSV text of such rows

local prefixes = {}
prefixes.__index = prefixes

local char, floor = string.char, math.floor

local function parse_v4(text)
  local a, b, c, d = text:match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$"
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if not a or a > 255 or b > 255 or c > 255 or d > 255 then return nil end
  return char(a, b, c, d)
end

local function parse_groups(text, out)
  for group in text:gmatch "[^:]+" do
    local number = #group <= 4 and tonumber(group, 16)
    if not number then return nil end
    out[#out + 1] = char(floor(number / 256), number % 256)
  end
  return out
end

-- RFC 4291 section 2.2, without the form that ends in an IPv4 address: records do not use it.
local function parse_v6(text)
  local head, tail = text:match "^(.-)::(.*)$"
  local left, right = parse_groups(head or text, {}), parse_groups(tail or "", {})
  if not left or not right or #left + #right > 8 or (not head and #left ~= 8) then return nil end
  return table.concat(left) .. ("\0\0"):rep(8 - #left - #right) .. table.concat(right)
end

-- An address as 4 or 16 bytes, or nil.
local function parse(text)
  if text:find(":", 1, true) then return parse_v6(text) end
  return parse_v4(text)
end

-- Its first `bits` bits, the rest zero.
local function mask(bytes, bits)
  local whole, rest = floor(bits / 8), bits % 8
  local kept = bytes:sub(1, whole)
  if rest > 0 then
    local byte = bytes:byte(whole + 1)
    kept = kept .. char(byte - byte % 2 ^ (8 - rest))
  end
  return kept .. ("\0"):rep(#bytes - #kept)
end

local function add(self, row, bytes, bits)
  local key = #bytes * 1000 + bits
  if not self.networks[key] then
    self.networks[key] = {}
    self.lengths[#self.lengths + 1] = { size = #bytes, bits = bits, key = key }
  end
  self.networks[key][mask(bytes, bits)] = row
end

function prefixes.read(text)
  local self, number = setmetatable({ networks = {}, lengths = {} }, prefixes), 0
  for line in text:gmatch "[^\r\n]+" do
    number = number + 1
    local prefix, as, name = line:match '^([^,]+),(%d*),"?(.-)"?$'
    local address, bits = (prefix or ""):match "^([%x:.]+)/(%d+)$"
    local bytes = address and parse(address)
    bits = tonumber(bits)
    if bytes and bits <= #bytes * 8 then
      add(self, { prefix = prefix, as = tonumber(as), name = (name:gsub('""', '"')) }, bytes, bits)
    elseif number > 1 then
      return nil, ("line %d is no prefix, AS number and name"):format(number)
    end
  end
  table.sort(self.lengths, function(a, b) return a.bits > b.bits end)
  return self
end

function prefixes:find(address)
  local bytes = parse(address)
  if not bytes then return nil end
  for _, length in ipairs(self.lengths) do
    local row = length.size == #bytes and self.networks[length.key][mask(bytes, length.bits)]
    if row then return row end
  end
end

function prefixes.write(rows)
  local lines = { "prefix,as,name" }
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ('%s,%s,"%s"'):format(row.prefix, row.as or "", ((row.name or ""):gsub('"', '""')))
  end
  return table.concat(lines, "\n") .. "\n"
end

return prefixes
