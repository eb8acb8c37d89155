-- What a page of HTML shows at a glance. Plain searches only: a pattern could be made to backtrack by the page.

local html = {}

local PASSWORDS = { 'type="password"', "type='password'", "type=password" }

-- The title, white space collapsed; nil where there is none (so far).
function html.title(page)
  local lower = page:lower()
  local tag = lower:find("<title", 1, true)
  local start = tag and lower:find(">", tag, true)
  local finish = start and lower:find("</title", start, true)
  if not finish then return nil end
  return (page:sub(start + 1, finish - 1):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- Whether it has a field for a password.
function html.asks_for_password(page)
  local lower = page:lower()
  for _, mark in ipairs(PASSWORDS) do
    if lower:find(mark, 1, true) then return true end
  end
  return false
end

return html
