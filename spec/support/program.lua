-- Runs the sonde program for specs: SONDE names it, ./sonde otherwise.
local cjson = require "cjson"

local program = { path = os.getenv "SONDE" or "./sonde" }

local PATIENCE = 120   -- seconds after which a run is ended and fails: no spec takes so long, even under ASan

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end
program.quoted = quoted

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end
program.read = read

function program.write(path, text)
  local file = assert(io.open(path, "wb"))
  assert(file:write(text))
  file:close()
end

-- Calls use(directory) with a new directory that exists for so long; makes the files given: { ["a/b.lua"] = text }.
function program.directory(files, use)
  local directory = os.tmpname()
  os.remove(directory)
  os.execute("mkdir -p " .. quoted(directory))
  for name, text in pairs(files) do
    os.execute("mkdir -p " .. quoted(directory .. "/" .. (name:match "^(.*)/" or "")))
    program.write(directory .. "/" .. name, text)
  end
  local results = { pcall(use, directory) }
  os.execute("rm -rf " .. quoted(directory))
  if not results[1] then error(results[2], 0) end
  return unpack(results, 2, 10)
end

-- Runs a shell command in which $SONDE is the program; returns { status, out, err }. The standard input is `input`, or empty.
function program.shell(command, input)
  return program.directory({ input = input or "" }, function(directory)
    local script = ("SONDE=%s\n%s\n"):format(quoted(program.path), command)
    program.write(directory .. "/script", script)
    os.execute(("timeout %d bash %s/script <%s/input >%s/out 2>%s/err; echo $? >%s/status"):format(PATIENCE,
      directory, directory, directory, directory, directory))
    return {
      status = tonumber(read(directory .. "/status")), out = read(directory .. "/out"), err = read(directory .. "/err"),
    }
  end)
end

-- Runs it with these arguments.
function program.run(arguments, input)
  local words = {}
  for i, argument in ipairs(arguments) do words[i] = quoted(tostring(argument)) end
  return program.shell("exec \"$SONDE\" " .. table.concat(words, " "), input)
end

-- The JSON lines of a text.
function program.lines(text)
  local records = {}
  for line in text:gmatch "([^\n]*)\n" do records[#records + 1] = cjson.decode(line) end
  return records
end

-- Scans a simulated world; returns its records in order, by "address:port", and the run. Fails when the scan did.
function program.scan(world, arguments)
  local all = { "scan", "--link", "sim:" .. world, "--seed", "1", "-q" }
  for _, argument in ipairs(arguments or {}) do all[#all + 1] = argument end
  local run = program.run(all)
  if run.status ~= 0 then error(("ended with %s: %s"):format(tostring(run.status), run.err), 2) end
  local records, by_endpoint = program.lines(run.out), {}
  for _, record in ipairs(records) do by_endpoint[record.address .. ":" .. record.port] = record end
  return records, by_endpoint, run
end

return program
