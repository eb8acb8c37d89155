-- hex "05 64": the bytes that hexadecimal digits stand for, as documents print them; white space does not matter.
return function(text)
  local digits = text:gsub("%s", "")
  assert(#digits % 2 == 0 and not digits:find "%X", "no hexadecimal bytes")
  return (digits:gsub("..", function(two) return string.char(tonumber(two, 16)) end))
end
