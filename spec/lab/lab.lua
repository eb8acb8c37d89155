-- The lab for specs: brings real servers up in network namespaces, runs Sonde beside them, watches the wire.
--
--   local lab = require "spec.lab.lab"
--   lab.unavailable()          nil, or why the lab cannot run here
--   lab.start()                brings it up (whatever an earlier run left is taken down first); returns the description
--   lab.program                ./sonde, or what SONDE in the environment says
--   lab.tier                   up to which tier products run: see spec/lab/products.lua
--   lab.run(arguments)         runs Sonde in the scanner's namespace: { code, stdout, stderr }
--   lab.spawn(arguments)       the same without waiting: a process with :wait(seconds), :kill(signal), :running()
--   lab.capture()              records what is on the wire: see spec/lab/lab_capture.lua
--   lab.loss(percent)          drops that share of all packets, both ways; 0 ends it
--   lab.leftovers()            what is there now that was not there after start(); after stop(): before start()
--   lab.stop()                 ends everything
-- There is one lab to a tree: a second run waits for the first. The lab also ends when the process that started it does,
-- however that ends: a guard waits at the other end of a pipe.
local ffi = require "ffi"
local capture = require "spec.lab.lab_capture"

ffi.cdef [[
unsigned geteuid(void);
int getpid(void);
int poll(void *, unsigned long, int);
]]

local HOME = "build/lab"
local TICK_MS = 50
local RUN_SECONDS = 120
local OWNER_SECONDS = 900   -- that another run may keep the lab while this one waits

local lab = { program = os.getenv "SONDE" or "./sonde", tier = tonumber(os.getenv "LAB_TIER" or "1") }
local guard, before, after, description
local serial = 0

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

local function quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

local function quoted(arguments)
  local words = {}
  for i, argument in ipairs(arguments) do words[i] = quote(argument) end
  return table.concat(words, " ")
end

-- The output of a command; raises with what it said when it fails.
local function output(command)
  local pipe = assert(io.popen(command .. " 2>&1; echo $?", "r"))
  local text, code = pipe:read("*a"):match "^(.-)(%d+)\n$"
  pipe:close()
  if code ~= "0" then error(command .. ": " .. text, 2) end
  return text
end

local function sleep_tick()
  ffi.C.poll(nil, 0, TICK_MS)
end

-- Calls `condition` until it returns something true, for a bounded time; returns that, or false.
function lab.await(condition, seconds)
  for _ = 1, seconds * 1000 / TICK_MS do
    local result = condition()
    if result then return result end
    sleep_tick()
  end
  return condition()
end

function lab.unavailable()
  if ffi.C.geteuid() ~= 0 then return "network namespaces need root" end
  if os.execute "command -v apt-get > /dev/null" ~= 0 then return "its servers are Debian packages" end
  return nil
end

local function snapshot()
  local lines = {}
  for line in output("spec/lab/lab.sh state"):gmatch "[^\n]+" do lines[line] = true end
  return lines
end

local function describe()
  local found = { servers = {}, closed = {}, dropped = {} }
  for name, value in output("spec/lab/lab.sh describe"):gmatch "([%w_]+)=(%S+)" do found[name] = value end
  for line in output("spec/lab/lab.sh list"):gmatch "[^\n]+" do
    local server, service, address, port, kind = line:match "^(%S+) (%S+) (%S+) (%d+) ?(%S*)"
    local endpoint = { address = address, port = tonumber(port) }
    endpoint.text = address:find ":" and ("[%s]:%s"):format(address, port) or address .. ":" .. port
    if server == "-" then
      table.insert(found[service], endpoint)
    else
      endpoint.server, endpoint.service = server, service
      endpoint.assigned, endpoint.tls = kind == "assigned", service == "tls"
      table.insert(found.servers, endpoint)
    end
  end
  return found
end

function lab.start()
  if description then return description end
  -- "e": the pipe must end with this process, not with the last of its children.
  serial = serial + 1
  local word = ("%d-%d-%d"):format(ffi.C.getpid(), os.time(), serial)
  guard = assert(io.popen("exec setsid spec/lab/lab.sh guard " .. word, "we"))
  assert(lab.await(function() return read(HOME .. "/guarded") == word .. "\n" end, OWNER_SECONDS), "the lab is in use")
  output "spec/lab/lab.sh down"
  before = snapshot()
  local ok, why = pcall(output, "LAB_GUARDED=1 spec/lab/lab.sh up")
  if not ok then
    guard:close()
    error(why, 0)
  end
  description = describe()
  after = snapshot()
  return description
end

function lab.stop()
  if not description then return end
  description = nil
  guard:close()
end

function lab.leftovers()
  local earlier, left = description and after or before, {}
  for line in pairs(snapshot()) do
    if not earlier[line] then left[#left + 1] = line end
  end
  table.sort(left)
  return left
end

local process = {}
process.__index = process

function process:running()
  return read(self.base .. ".code") == nil
end

-- Sends a signal to Sonde itself.
function process:kill(signal)
  os.execute(("kill -%s %d 2> /dev/null"):format(signal, self.pid))
end

-- Its end, as lab.run returns it; raises, and ends it, when it takes longer.
function process:wait(seconds)
  seconds = seconds or RUN_SECONDS
  if not lab.await(function() return not self:running() end, seconds) then
    self:kill "KILL"
    error(("%s: still running after %d s\n%s"):format(self.command, seconds, read(self.base .. ".err")), 2)
  end
  return {
    code = tonumber(read(self.base .. ".code")),
    stdout = read(self.base .. ".out"),
    stderr = read(self.base .. ".err"),
  }
end

-- A fresh file name for a spec's input or output.
function lab.path(suffix)
  serial = serial + 1
  os.execute("mkdir -p " .. HOME .. "/spec")
  local path = ("%s/spec/%d%s"):format(HOME, serial, suffix or "")
  os.remove(path)
  return path
end

-- Starts any program in the scanner's namespace ("scanner") or in the servers' ("servers").
local function start_in(side, arguments)
  local base = lab.path()
  for _, suffix in ipairs { ".pid", ".code", ".out", ".err" } do os.remove(base .. suffix) end
  local command = quoted(arguments)
  local script = [[(ip netns exec %s env %s %s > BASE.out 2> BASE.err < /dev/null & echo $! > BASE.pid
    wait $!; echo $? > BASE.part; mv BASE.part BASE.code) > /dev/null 2>&1 &]]
  os.execute((script:gsub("BASE", base):format(description[side .. "_ns"], description.mark, command)))
  assert(lab.await(function() return (read(base .. ".pid") or ""):match "%d+\n" end, 10), "cannot start " .. command)
  return setmetatable({ base = base, command = command, pid = tonumber(read(base .. ".pid")) }, process)
end

function lab.spawn(arguments)
  return start_in("scanner", { lab.program, unpack(arguments) })
end

function lab.run(arguments, seconds)
  return lab.spawn(arguments):wait(seconds)
end

-- Any other program where the scanner is, e.g. an ordinary client.
function lab.run_program(arguments, seconds)
  return start_in("scanner", arguments):wait(seconds)
end

-- Listens at the servers' end of the wire, where everything that left the scanner has to pass.
function lab.capture()
  local path = lab.path ".pcap"
  local listener = start_in("servers", { "tcpdump", "-Z", "root", "-U", "--immediate-mode", "-B", "16384", "-s", "128",
    "-n", "-i", description.interface, "-w", path, "tcp" })
  local ready = lab.await(function() return (read(listener.base .. ".err") or ""):find "listening on" end, 10)
  assert(ready, "tcpdump does not start")
  return capture.new(path, listener, { [description.source_v4] = true, [description.source_v6] = true })
end

function lab.loss(percent)
  output(("spec/lab/lab.sh loss %d"):format(percent))
end

return lab
