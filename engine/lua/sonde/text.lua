-- Text in the forms that protocols have it in, as UTF-8: UTF-16 (RFC 2781), and the strings of JSON (RFC 8259).

local text = {}

local byte, char, floor = string.byte, string.char, math.floor

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local REPLACEMENT = "\239\191\189"   -- U+FFFD, for a surrogate that is no half of a pair

local function utf8(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xC0 + floor(code / 64), 0x80 + code % 64) end
  local low = char(0x80 + floor(code / 64) % 64, 0x80 + code % 64)
  if code < 0x10000 then return char(0xE0 + floor(code / 4096)) .. low end
  return char(0xF0 + floor(code / 262144), 0x80 + floor(code / 4096) % 64) .. low
end

-- The character of a code unit and the one after it (nil: none), and whether it took both (RFC 2781 section 2.2).
local function join(unit, following)
  if unit < 0xD800 or unit > 0xDFFF then return utf8(unit), false end
  if unit > 0xDBFF or not following or following < 0xDC00 or following > 0xDFFF then return REPLACEMENT, false end
  return utf8(0x10000 + (unit - 0xD800) * 1024 + following - 0xDC00), true
end

-- Text of UTF-16, little-endian; a byte without its other half is left out.
function text.utf16(bytes)
  local parts, at = {}, 1
  local function unit(position)
    local low, high = byte(bytes, position, position + 1)
    return high and high * 256 + low
  end
  while at < #bytes do
    local character, both = join(unit(at), unit(at + 2))
    parts[#parts + 1], at = character, at + (both and 4 or 2)
  end
  return table.concat(parts)
end

-- What the escape after the backslash before `at` stands for, and the position after it (RFC 8259 section 7).
local function unescape(json, at)
  local digits = json:match("^u(%x%x%x%x)", at)
  if not digits then
    local letter = json:sub(at, at)
    return ESCAPES[letter] or letter, at + 1
  end
  local following = json:match("^\\u(%x%x%x%x)", at + 5)
  local character, both = join(tonumber(digits, 16), following and tonumber(following, 16))
  return character, at + (both and 11 or 5)
end

-- The JSON string whose first character is at this position; nil where it does not end.
function text.json(json, at)
  local parts = {}
  while true do
    local stop = json:find('["\\]', at)
    if not stop then return nil end
    parts[#parts + 1] = json:sub(at, stop - 1)
    if byte(json, stop) == 34 then return table.concat(parts) end
    parts[#parts + 1], at = unescape(json, stop + 1)
  end
end

-- The first string that a JSON text gives to a member of this name, at whatever depth.
function text.member(json, name)
  local start = json:match('"' .. name .. '"%s*:%s*"()')
  return start and text.json(json, start) or nil
end

return text
