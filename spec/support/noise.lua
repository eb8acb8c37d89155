-- Bytes that look like anything, the same in every run: noise() gives a function(length), each with a sequence of its own.
return function()
  local number = 1   -- Lehmer's generator, with Park and Miller's numbers
  return function(length)
    local bytes = {}
    for i = 1, length do
      number = number * 16807 % 2147483647
      bytes[i] = string.char(number % 256)
    end
    return table.concat(bytes)
  end
end
