-- Numbers and strings as they stand on the wire: pack and unpack in the style of Lua 5.3's string.pack.
--
--   < > =      what follows is little-endian, big-endian, in this machine's order (the default)
--   B b        one byte: unsigned, signed
--   I[n] i[n]  an integer of n bytes (1 to 8, by default 4): unsigned, signed
--   s[n]       a string with its length before it, in n bytes (1 to 8)
--   z          a string with a zero byte after it
--   c[n]       exactly n bytes (0, too); pack fills up with zero bytes
--   x[n]       n zero bytes (by default 1), skipped by unpack
--
-- Numbers are Lua's, exact up to 2^53: pack refuses larger ones, unpack raises { outcome = "mismatch" } on them as on
-- bytes that end too early. A wrong format or argument is the script's mistake: an ordinary error at the caller's line.

local expect = require "sonde.expect"

local byte, char, find, match, rep, sub = string.byte, string.char, string.find, string.match, string.rep, string.sub
local concat, floor = table.concat, math.floor

local INTEGER_END = 2 ^ 53  -- first integer whose successor a double cannot tell apart
local CACHE_MAX = 256       -- formats kept compiled
local SKIP_MAX = 65536      -- largest n of c and x

local BIG_MACHINES = { ppc = true, mips = true, mips64 = true, arm64be = true }
local machine_is_big = BIG_MACHINES[jit.arch] or false

local function need(bytes, position, size)
  expect(size <= #bytes - position + 1, "ends too early")
end

local function read_unsigned(bytes, position, size, big)
  need(bytes, position, size)
  if size == 1 then return byte(bytes, position), position + 1 end
  local first, last, step = position, position + size - 1, 1
  if not big then first, last, step = last, first, -1 end
  local value = 0
  for at = first, last, step do value = value * 256 + byte(bytes, at) end
  expect(value < INTEGER_END, "number too large")
  return value, position + size
end

-- A negative number is read as its complement, because -1 in 8 bytes is not exact as 2^64 - 1.
local function read_signed(bytes, position, size, big)
  need(bytes, position, size)
  local first, last, step = position, position + size - 1, 1
  if not big then first, last, step = last, first, -1 end
  local negative, value = byte(bytes, first) >= 128, 0
  for at = first, last, step do
    local digit = byte(bytes, at)
    value = value * 256 + (negative and 255 - digit or digit)
  end
  expect(value < INTEGER_END, "number too large")
  return negative and -value - 1 or value, position + size
end

local function read_fixed(bytes, position, size)
  need(bytes, position, size)
  return sub(bytes, position, position + size - 1), position + size
end

local function read_counted(bytes, position, size, big)
  local length, start = read_unsigned(bytes, position, size, big)
  return read_fixed(bytes, start, length)
end

local function read_zero_ended(bytes, position)
  local zero = expect(find(bytes, "\0", position, true), "no final zero byte")
  return sub(bytes, position, zero - 1), zero + 1
end

-- Writers return nil and what is wrong instead of raising, so that wire.pack blames its caller.

local function write_integer(value, size, big)
  local negative = value < 0
  if negative then value = -value - 1 end
  local digits = {}
  for at = 1, size do
    local digit = value % 256
    value = (value - digit) / 256
    digits[big and size + 1 - at or at] = negative and 255 - digit or digit
  end
  return char(unpack(digits))
end

local function write_unsigned(value, size, big)
  if type(value) ~= "number" or value ~= floor(value) then return nil, "is no integer" end
  if value < 0 or value >= 256 ^ size or value >= INTEGER_END then return nil, "does not fit" end
  if size == 1 then return char(value) end
  return write_integer(value, size, big)
end

local function write_signed(value, size, big)
  if type(value) ~= "number" or value ~= floor(value) then return nil, "is no integer" end
  local limit = 256 ^ size / 2
  if value < -limit or value >= limit or value < -INTEGER_END or value >= INTEGER_END then
    return nil, "does not fit"
  end
  return write_integer(value, size, big)
end

local function write_fixed(value, size)
  if type(value) ~= "string" then return nil, "is no string" end
  if #value > size then return nil, "is too long" end
  return value .. rep("\0", size - #value)
end

local function write_counted(value, size, big)
  if type(value) ~= "string" then return nil, "is no string" end
  local length = write_unsigned(#value, size, big)
  if not length then return nil, "is too long" end
  return length .. value
end

local function write_zero_ended(value)
  if type(value) ~= "string" then return nil, "is no string" end
  if find(value, "\0", 1, true) then return nil, "contains a zero byte" end
  return value .. "\0"
end

-- By option: how it is read and written, the n it has when none is given, the smallest (1) and the largest n.
local OPTIONS = {
  B = { read = read_unsigned, write = write_unsigned, size = 1 },
  b = { read = read_signed, write = write_signed, size = 1 },
  I = { read = read_unsigned, write = write_unsigned, size = 4, largest = 8 },
  i = { read = read_signed, write = write_signed, size = 4, largest = 8 },
  s = { read = read_counted, write = write_counted, largest = 8 },
  c = { read = read_fixed, write = write_fixed, smallest = 0, largest = SKIP_MAX },
  z = { read = read_zero_ended, write = write_zero_ended, size = 0 },
  x = { size = 1, largest = SKIP_MAX },
}

-- The size of one option, or nil and what is wrong with it.
local function option_size(letter, digits)
  local option = OPTIONS[letter]
  if not option then return nil, "unknown option" end
  if digits == "" then
    if not option.size then return nil, "no size after" end
    return option.size
  end
  local size = tonumber(digits)
  if not option.largest or size < (option.smallest or 1) or size > option.largest then return nil, "wrong size after" end
  return size
end

-- The list of a format's items, or nil and a sentence.
local function parse(format)
  if type(format) ~= "string" then return nil, "format is no string" end
  local items, position, big = {}, 1, machine_is_big
  while position <= #format do
    local letter, digits, following = match(format, "^([^%d])(%d*)()", position)
    if not letter then return nil, "a format cannot begin with a digit" end
    if letter == "<" or letter == ">" or letter == "=" then
      if digits ~= "" then return nil, "size after '" .. letter .. "'" end
      big = letter == ">" or letter == "=" and machine_is_big
    elseif letter ~= " " or digits ~= "" then
      local size, wrong = option_size(letter, digits)
      if not size then return nil, wrong .. " '" .. letter .. "'" end
      local option = OPTIONS[letter]
      items[#items + 1] = { read = option.read, write = option.write, size = size, big = big }
    end
    position = following
  end
  return items
end

local cache, cached = {}, 0

-- Called by pack and unpack only: the error is for the line that called them.
local function compile(format)
  local items, wrong = parse(format)
  if not items then error("wire: " .. wrong, 3) end
  if cached == CACHE_MAX then cache, cached = {}, 0 end
  cache[format], cached = items, cached + 1
  return items
end

local wire = {}

-- The bytes of the values as the format says.
function wire.pack(format, ...)
  local items = cache[format] or compile(format)
  local pieces, argument = {}, 0
  for at = 1, #items do
    local item = items[at]
    if item.write then
      argument = argument + 1
      local piece, wrong = item.write((select(argument, ...)), item.size, item.big)
      if not piece then error("wire.pack: value " .. argument .. " " .. wrong, 2) end
      pieces[at] = piece
    else
      pieces[at] = rep("\0", item.size)
    end
  end
  if select("#", ...) > argument then error("wire.pack: more values than the format has", 2) end
  return concat(pieces)
end

-- The values that stand in bytes from position (by default 1) on, and then the position after them.
function wire.unpack(format, bytes, position)
  local items = cache[format] or compile(format)
  position = position or 1
  if position < 1 or position % 1 ~= 0 then error("wire.unpack: position " .. position .. " is none", 2) end
  expect(position <= #bytes + 1, "ends too early")
  local values, count = {}, 0
  for at = 1, #items do
    local item = items[at]
    if item.read then
      count = count + 1
      values[count], position = item.read(bytes, position, item.size, item.big)
    else
      need(bytes, position, item.size)
      position = position + item.size
    end
  end
  values[count + 1] = position
  return unpack(values, 1, count + 1)
end

-- An IP address of 4 or 16 bytes as text.
function wire.address(bytes)
  if #bytes == 4 then return ("%d.%d.%d.%d"):format(byte(bytes, 1, 4)) end
  return ("%x:%x:%x:%x:%x:%x:%x:%x"):format(wire.unpack(">I2 I2 I2 I2 I2 I2 I2 I2", bytes))
end

return wire
