-- Two network namespaces of a spec's own, joined by a veth pair (near0, far0) with no route out; commands, and waiting.
--
--   local namespaces = require "spec.lab.namespaces"
--   namespaces.is_root                      whether there can be any
--   local pair = namespaces.pair("links")   makes them: pair.near_name, pair.far_name are their names
--   pair:near("addr add ...")               ip in one of them; pair:far(...) in the other
--   pair:inside("near", "sysctl ...")       any command there; namespaces.run(...) and must(...) anywhere
--   pair:remove()                           ends what runs in them, and takes them away
local ffi = require "ffi"

ffi.cdef "int poll(void *, unsigned long, int); int getpid(void);"

local namespaces = {}
local pair = {}
pair.__index = pair

-- The status of a command, and what it said.
function namespaces.run(command)
  local pipe = io.popen("exec 2>&1; " .. command .. "; echo \"status $?\"")
  local text, status = pipe:read("*a"):match "^(.*)status (%d+)\n$"
  pipe:close()
  return tonumber(status), text
end

function namespaces.must(command)
  local status, text = namespaces.run(command)
  assert(status == 0, command .. ": " .. text)
  return text
end

-- The whole of a file; nil where there is none.
function namespaces.read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "*a"
  if file then file:close() end
  return text
end

namespaces.is_root = select(2, namespaces.run "id -u"):match "^0\n" ~= nil

function namespaces.pause(seconds) ffi.C.poll(nil, 0, seconds * 1000) end

-- What `condition` returns, once that is true, or after so many seconds.
function namespaces.await(condition, seconds)
  for _ = 1, seconds * 100 do
    local result = condition()
    if result then return result end
    namespaces.pause(0.01)
  end
  return condition()
end

-- `name` tells this spec's from others'; `queues` of both interfaces.
function namespaces.pair(name, queues)
  local own = ("sonde-%s-%d-"):format(name, ffi.C.getpid())
  local self = setmetatable({ near_name = own .. "a", far_name = own .. "b" }, pair)
  local sizes = queues and ("numtxqueues %d numrxqueues %d"):format(queues, queues) or ""
  for _, line in ipairs {
    "ip netns add " .. self.near_name, "ip netns add " .. self.far_name,
    ("ip link add near0 netns %s %s type veth peer name far0 netns %s %s"):format(self.near_name, sizes, self.far_name, sizes),
  } do namespaces.must(line) end
  self:near "link set lo up"
  self:far "link set lo up"
  return self
end

function pair:near(words) return namespaces.must(("ip -n %s %s"):format(self.near_name, words)) end

function pair:far(words) return namespaces.must(("ip -n %s %s"):format(self.far_name, words)) end

-- The command line that runs `command` on one side ("near", "far").
function pair:command(side, command) return ("ip netns exec %s %s"):format(self[side .. "_name"], command) end

function pair:inside(side, command) return namespaces.must(self:command(side, command)) end

function pair:up()
  self:near "link set near0 up"
  self:far "link set far0 up"
end

-- The packet filter's tables where we scan from.
function pair:tables() return self:inside("near", "nft list tables") end

function pair:remove()
  for _, name in ipairs { self.near_name, self.far_name } do
    local _, processes = namespaces.run("ip netns pids " .. name)
    for process in processes:gmatch "%d+" do namespaces.run("kill -9 " .. process) end
    namespaces.run("ip netns del " .. name)
  end
end

return namespaces
