-- Files that exist for as long as a function runs.
local file = {}

-- Writes `text` to a new file, calls use(path) and removes the file, also when use raises.
function file.with(text, use)
  local path = os.tmpname()
  local out = assert(io.open(path, "wb"))
  out:write(text)
  out:close()
  local results = { pcall(use, path) }
  os.remove(path)
  if not results[1] then error(results[2], 0) end
  return unpack(results, 2, 10)
end

return file
