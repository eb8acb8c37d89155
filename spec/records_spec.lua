-- Every record of a whole scan against what `sonde list fields` and the protocols say of them.
local cjson = require "cjson"
local documented = require("sonde.record").fields
local loader = require "sonde.loader"
local program = require "spec.support.program"
local protocol = require "sonde.protocol"
require "spec.support.peer"   -- gives protocols their digests
local verdict = require "sonde.verdict"

local TYPES = { string = "string", number = "number", array = "table", object = "table", boolean = "boolean" }

local declared = {}
for _, row in ipairs(documented) do declared[row[1]] = row[2] end

local verdicts = {}
for _, row in ipairs(verdict.meanings) do verdicts[row[1]] = true end

local function list(path)
  local pipe = io.popen("ls " .. path)
  local names = {}
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

local protocols = assert(loader.new(".", list):protocols())

local ATTEMPT = {
  handshake = "string", outcome = "string", opened = "boolean", acked = "boolean", service = "string", services = "table",
  rtt = "number", packets = "number", bytes = "number", reused = "boolean", follow_up = "boolean", what = "string",
  error = "string", reset_payload = "string", reset_payload_base64 = "string", inside = "boolean", why = "string",
  syn_ack_repeats = "number", window_opened = "number", delay = "number",
}

local OUTCOMES = {}
for name in ("done answered timeout closed reset overflow tls mismatch no_ack zero_window script_error stopped "
  .. "refused filtered unreachable local blocked"):gmatch "%S+" do
  OUTCOMES[name] = true
end

-- The JSON text of a member's value tells an empty array from an empty object, which Lua cannot.
local function check_shapes(line)
  for name, kind in pairs(declared) do
    local first = line:match('[{,]"' .. name .. '":(.)')
    if name ~= "services" and name ~= "attempts" and name ~= "fields" then first = nil end
    if first then assert.equal(kind == "array" and "[" or "{", first, name) end
  end
end

local function check_record(record)
  for name, value in pairs(record) do
    assert.truthy(name:find "^[a-z_0-9]+$" and declared[name], "undocumented: " .. name)
    assert.equal(TYPES[declared[name]], type(value), name)
  end
  for _, name in ipairs { "address", "port", "time", "verdict", "services", "fields", "attempts" } do
    assert.is_not_nil(record[name], name)
  end
  assert.is_true(verdicts[record.verdict], record.verdict)
  assert.equal(record.verdict == "service", record.service ~= nil)
  assert.truthy(record.time:find "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%dZ$")
  if record.service then
    local among = false
    for _, name in ipairs(record.services) do among = among or name == record.service end
    assert.is_true(among, record.service)
  end
end

local function check_attempt(attempt)
  for name, value in pairs(attempt) do
    assert.is_not_nil(ATTEMPT[name], "undocumented in an attempt: " .. name)
    assert.equal(ATTEMPT[name], type(value), name)
  end
  assert.is_true(OUTCOMES[attempt.outcome], attempt.outcome)
  assert.equal("string", type(attempt.handshake))
  assert.equal("boolean", type(attempt.opened))
end

local KINDS = { string = "string", number = "number", boolean = "boolean" }

-- Fields of a service keep one type, whatever host they are of, and the declared one where the protocol declares them.
local function check_fields(record, seen)
  local proto = protocols[record.service]
  for name, value in pairs(record.fields) do
    assert.truthy(name:find "^[a-z][a-z0-9_]*$", name)
    local where = tostring(record.service) .. "." .. name
    seen[where] = seen[where] or type(value)
    assert.equal(seen[where], type(value), where)
    local plain = name:gsub("_base64$", "")
    local description = proto and (proto.fields[name] or proto.fields[plain])
    if description then assert.equal(KINDS[protocol.type(description)] or "table", type(value), where) end
  end
end

local function check_scan(world, arguments)
  local records, _, run = program.scan(world, arguments)
  local seen = {}
  for line in run.out:gmatch "[^\n]+" do check_shapes(line) end
  for _, record in ipairs(records) do
    check_record(record)
    for _, attempt in ipairs(record.attempts) do check_attempt(attempt) end
    check_fields(record, seen)
  end
  return records
end

describe("records", function()
  it("of a scan that stops at the first answer are as documented", function()
    assert.is_true(#check_scan("demo", { "--all", "--max-targets", "8000" }) > 6000)
  end)

  it("of a scan that finishes the handshakes are as documented", function()
    assert.is_true(#check_scan("demo", { "--full", "--max-targets", "12000" }) > 300)
  end)

  it("of odd answers are as documented", function()
    for _, policy in ipairs { "lzr", "wait-first", "expected", "exhaustive" } do
      check_scan("spec/worlds/behaviours.lua", { "--all", "--policy", policy })
      check_scan("spec/worlds/behaviours.lua", { "--all", "--full", "--policy", policy })
    end
  end)

  it("are valid JSON lines in UTF-8 without control characters", function()
    local _, _, run = program.scan("demo", { "--max-targets", "8000", "--policy", "wait-first", "--full" })
    assert.equal("\n", run.out:sub(-1))
    for line in run.out:gmatch "([^\n]*)\n" do
      assert.is_nil(line:find "[%z\1-\31\127]")
      assert.equal("table", type(cjson.decode(line)))
    end
  end)

  it("say when a service was found on the port it is expected at", function()
    for _, record in ipairs((program.scan("demo", { "--max-targets", "20000" }))) do
      if record.port == 22 then assert.equal("ssh", record.expected) end
      if record.port == 2222 then assert.equal("ssh", record.expected) end
    end
  end)
end)
