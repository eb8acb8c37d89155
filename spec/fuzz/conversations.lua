-- The conversations of every protocol's spec: { { name = "ssh", cases = { { what, steps, options = ... }, ... } }, ... }.
local SPECS = "spec/protocols/"

-- What a spec hands to behaves(), taken without running a spec.
local function gather(path, found)
  local function keep(name, cases)
    local all = {}
    for _, list in ipairs { cases, cases.hostile or {} } do
      for _, case in ipairs(list) do
        if type(case[2]) == "table" then all[#all + 1] = case end
      end
    end
    found[#found + 1] = { name = name, cases = all }
  end
  local function nothing() end
  local function find(module) return module == "spec.support.behaves" and keep or require(module) end
  local chunk = assert(loadfile(path))
  setfenv(chunk, setmetatable({ require = find, describe = nothing, it = nothing }, { __index = _G }))()
end

local found = {}
local listing = assert(io.popen("LC_ALL=C ls " .. SPECS .. "*_spec.lua"))
for path in listing:lines() do gather(path, found) end
listing:close()

local answers = {}
for _, each in ipairs(found) do
  for _, case in ipairs(each.cases) do
    for _, step in ipairs(case[2]) do
      if type(step) == "string" and step ~= "" then answers[#answers + 1] = step end
    end
  end
end

return { protocols = found, answers = answers }
