-- The words signature files are written in: LPeg's constructors and patterns for what protocols are made of.
--
-- Everything here is bounded: a pattern looks at each byte a fixed number of times, and none calls back into a script.
local lpeg = require "lpeg"
local bit = require "bit"
local software = require "sonde.software"

local P, R, S, C, Cc, Cg, Cmt, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cmt, lpeg.Ct
local byte, char = string.byte, string.char

local words = { P = P, R = R, S = S, V = lpeg.V, B = lpeg.B, C = C, Cc = Cc, Cg = Cg, Ct = Ct, Cp = lpeg.Cp }

words.any = P(1)
words.eos = -P(1)
words.digit = R "09"
words.digits = R "09" ^ 1
words.alpha = R("az", "AZ")
words.alnum = R("az", "AZ", "09")
words.hex = R("09", "af", "AF")
words.sp = S " \t" ^ 0
words.crlf = P "\r" ^ -1 * "\n"
words.line = (1 - S "\r\n") ^ 0             -- the rest of a line, without its end
words.token = (1 - S " \t\r\n") ^ 1
words.printable = R "\32\126"
words.text = R("\32\126", "\8\13", "\27\27")  -- what a terminal shows, and ESC
words.zero = P "\0"

-- Case-insensitive literal.
function words.I(literal)
  local pattern = P(true)
  for letter in literal:gmatch "." do pattern = pattern * S(letter:lower() .. letter:upper()) end
  return pattern
end

-- A named field: the text that `pattern` matches.
function words.field(name, pattern) return Cg(C(pattern), name) end
-- A named field with a fixed value.
function words.set(name, value) return Cg(Cc(value), name) end
-- A named field with the decimal number that `pattern` matches.
function words.number(name, pattern) return Cg(C(pattern) / tonumber, name) end

-- A named field: the bytes that `pattern` matches, in hexadecimal.
function words.hexadecimal(name, pattern)
  return Cg(C(pattern) / function(bytes)
    return (bytes:gsub(".", function(c) return ("%02x"):format(byte(c)) end))
  end, name)
end

-- At most `most` (and at least `least`) times.
function words.upto(most, pattern, least)
  local result = P(true)
  for _ = 1, least or 0 do result = result * pattern end
  return result * P(pattern) ^ -(most - (least or 0))
end

-- Exactly n times.
function words.times(n, pattern)
  local result = P(true)
  for _ = 1, n do result = result * pattern end
  return result
end

-- Skips to the first of the literals (case does not matter) and past it, through the bytes of `through` (default: any).
-- The literal found is field `name` where one is given.
function words.find(literals, through, name)
  local firsts, by_letter = "", {}
  for _, literal in ipairs(literals) do
    local letter = literal:sub(1, 1):lower()
    if not by_letter[letter] then
      firsts = firsts .. letter
      by_letter[letter] = P(false)
    end
    by_letter[letter] = by_letter[letter] + words.I(literal:sub(2))
  end
  local alternatives = P(false)
  for letter in firsts:gmatch "." do alternatives = alternatives + words.I(letter) * by_letter[letter] end
  firsts = firsts .. firsts:upper()
  through = through or words.any
  local found = name and words.field(name, alternatives) or alternatives
  local plain, special = through - S(firsts), (through * P(true)) - alternatives
  return (plain ^ 1 + special) ^ 0 * found
end

-- What is left, when it ends with `pattern` (which is looked for in the last n bytes).
function words.ends_with(n, pattern)
  local finish = (1 - pattern * -P(1)) ^ 0 * pattern * -P(1)
  return Cmt(true, function(subject, first)
    return lpeg.match(finish, subject, math.max(first, #subject - n + 1))
  end)
end

-- Everything up to `stop`, which stays.
function words.up_to(stop) return (1 - P(stop)) ^ 0 end

-- Integers of n bytes. Their value is compared, never used as a repetition count.
local function big(subject, first, n)
  local value = 0
  for index = first, first + n - 1 do value = value * 256 + byte(subject, index) end
  return value
end

local function little(subject, first, n)
  local value = 0
  for index = first + n - 1, first, -1 do value = value * 256 + byte(subject, index) end
  return value
end

local function between(read)
  return function(n, least, most)
    return Cmt(P(n), function(subject, after)
      local value = read(subject, after - n, n)
      return value >= least and value <= most and after
    end)
  end
end

-- n bytes whose value is between least and most, big endian (be) or little endian (le).
words.be = between(big)
words.le = between(little)

-- The same as a named field.
local function as_number(read)
  return function(name, n, least, most)
    return Cg(Cmt(P(n), function(subject, after)
      local found = read(subject, after - n, n)
      if found < least or found > most then return false end
      return after, found
    end), name)
  end
end

words.be_number, words.le_number = as_number(big), as_number(little)

-- n bytes that count the bytes after them, plus `extra`: all_* where the answer must end with them, fits_* where more may
-- follow. least and most bound the count itself.
local function counts(read, exact)
  return function(n, extra, least, most)
    extra, least, most = extra or 0, least or 1, most or 0xffffffff
    return Cmt(P(n), function(subject, after)
      local value = read(subject, after - n, n)
      local rest, there = value - extra, #subject - after + 1
      if value < least or value > most or rest < 0 then return false end
      return (rest == there or (rest < there and not exact)) and after
    end)
  end
end

words.all_be, words.all_le = counts(big, true), counts(little, true)
words.fits_be, words.fits_le = counts(big, false), counts(little, false)

-- A string after its length of n bytes: the string's characters must all be of `set`, and there must be `least` of them.
local function counted(read)
  return function(n, set, least)
    local characters = set ^ 0
    return Cmt(P(n), function(subject, after)
      local length = read(subject, after - n, n)
      local finish = after + length
      if length < (least or 0) or finish > #subject + 1 then return false end
      if length > 0 and lpeg.match(characters, subject, after) < finish then return false end
      return finish, subject:sub(after, finish - 1)
    end)
  end
end
words.counted_be, words.counted_le = counted(big), counted(little)

-- Skips the bytes that n bytes count.
local function skipped(read)
  return function(n)
    return Cmt(P(n), function(subject, after)
      local finish = after + read(subject, after - n, n)
      return finish <= #subject + 1 and finish
    end)
  end
end
words.skip_be, words.skip_le = skipped(big), skipped(little)

-- A length in ASN.1's distinguished encoding (X.690 section 8.1.3), unchecked.
words.der = R "\0\127" + "\129" * P(1) + "\130" * P(2) + "\131" * P(3) + "\132" * P(4)

-- One byte in which the bits of `mask` are `value`.
function words.bits(mask, value)
  local set = {}
  for b = 0, 255 do
    if bit.band(b, mask) == value then set[#set + 1] = char(b) end
  end
  return S(table.concat(set))
end

-- Adds product, version, vendor, cpe and os to the fields of `pattern`, from the text in field `name`: by `finer`, a
-- pattern that makes a table of fields of that text, or else by the usual form "Name/1.2 (System)".
function words.describe(pattern, name, finer)
  return pattern / function(fields)
    local text = fields[name]
    local found = text and finer and lpeg.match(finer, text)
    if found then
      for key, value in pairs(found) do fields[key] = value end
    end
    return software.describe(fields, text, finer == nil)
  end
end

return setmetatable(words, { __newindex = function() error("the vocabulary cannot be changed", 2) end })
