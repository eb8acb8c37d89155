-- Where specs put their temporary files: a directory that goes with the run, however its specs end. Those of runs that were
-- killed go with the next run. busted loads this first (.busted: helper).
local busted = require "busted"

local PREFIX = (os.getenv "TMPDIR" or "/tmp") .. "/sonde-spec-"

local own = io.open "/proc/self/stat":read "*n"
local directory = PREFIX .. own
local count = 0

-- Files are made as the original does: empty, so that nobody else takes the name.
function os.tmpname()   -- luacheck: ignore 122
  count = count + 1
  local path = ("%s/lua_%d"):format(directory, count)
  assert(io.open(path, "wb")):close()
  return path
end

os.execute(([[for old in %s*; do
  [ -d "/proc/${old##*-}" ] || rm -rf "$old" 2>/dev/null
done; mkdir -p %s]]):format(PREFIX, directory))

busted.subscribe({ "exit" }, function() os.execute("rm -rf " .. directory) end)
