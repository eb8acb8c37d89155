-- Text on standard output or into a file, written to the end or complained about.

local print_out = {}

-- The exit status, and a sentence where something could not be written. problem: what an earlier write said, if it failed.
function print_out.finish(problem)
  local flushed, message = io.stdout:flush()
  if not problem and flushed then return 0 end
  return 1, "standard output cannot be written to: " .. tostring(problem or message)
end

-- Writes all of `text`.
function print_out.text(text)
  local written, problem = io.stdout:write(text)
  return print_out.finish(not written and problem)
end

-- A file for a result, opened before the work that takes long; nil and a sentence.
function print_out.open(path)
  local file, problem = io.open(path, "w")
  if not file then return nil, problem end
  file:setvbuf "full"
  return { file = file, path = path }
end

-- Writes all of a result into it. Returns whether that went well, or nil and a sentence.
function print_out.close(opened, text)
  local ok, problem = opened.file:write(text)
  local closed, closing = opened.file:close()
  if ok and closed then return true end
  return nil, opened.path .. ": " .. tostring(problem or closing)
end

return print_out
