-- Text on standard output, written to the end or complained about.

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

return print_out
