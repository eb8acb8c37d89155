-- Prints a result of the bench, and draws it: luajit spec/bench/report.lua RESULT.json [PLOT.svg [DOCUMENT.md]]
package.path = "./?.lua;" .. package.path
local cjson = require "cjson"
local document = require "spec.bench.document"
local plot = require "spec.bench.plot"
local tables = require "spec.bench.tables"

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

local file = assert(io.open(arg[1]))
local result = cjson.decode(file:read "*a")
file:close()

for _, name in ipairs(tables.names(result)) do
  print(("\n%s\n\n%s"):format(result.benches[name].title, tables.bench(result, name)))
end
print("\nGoals\n\n" .. tables.goals(result))
if arg[2] then write(arg[2], plot.svg(result)) end
if arg[3] then write(arg[3], document.text(result)) end
