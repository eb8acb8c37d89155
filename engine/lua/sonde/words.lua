-- Words that servers list, such as the capabilities of line protocols: reads them within a bound, and looks one up.

local words = {}

-- The words of a text, at most `most`; nil where there are none. `pattern` is what a word is made of; by default no blanks.
function words.list(text, most, pattern)
  local list = {}
  for word in text:gmatch(pattern or "%S+") do
    if #list >= most then break end
    list[#list + 1] = word
  end
  return list[1] and list
end

-- Whether a list, which may be nil, has a word, in whichever case.
function words.have(list, word)
  for _, each in ipairs(list or {}) do
    if each:upper() == word:upper() then return true end
  end
  return false
end

return words
