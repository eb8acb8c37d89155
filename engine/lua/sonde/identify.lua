-- Names the service behind each of a stream of answers in JSON lines (`sonde identify --jsonl`).
local signature = require "sonde.signature"

local identify = {}

local function is_id(value)
  if type(value) == "number" then return value == value and value > -math.huge and value < math.huge end
  return type(value) == "string" or value == nil
end

-- One input line's question, or nil and what is wrong with it.
local function question(options, line)
  local ok, given = pcall(options.decode, line)
  if not ok or type(given) ~= "table" then return nil, "not a JSON object" end
  for key, value in pairs(given) do
    if value == options.null then given[key] = nil end
  end
  if not is_id(given.id) then return nil, "id must be a string or a number" end
  if type(given.data_base64) ~= "string" then return nil, "data_base64 is missing" end
  local bytes = options.json.unbase64(given.data_base64)
  if not bytes then return nil, "data_base64 is not base64" end
  return given, bytes
end

-- Reads {"id","handshake"?,"port"?,"data_base64"} lines from options.input and writes one
-- {"id","service","services","fields"} line for each to options.output, in order, each as soon as it is known.
--   options.set      from signature.compile
--   options.json     encode(value), array(list), unbase64(text), null (sonde.core's json)
--   options.decode   text -> value, raising on nonsense (cjson.decode); options.null: its null
--   options.buffered whether the input is a file, so that nobody waits for an answer before sending the next line
--   options.more     optional: says whether more input is already waiting, so that answers can be written together
-- Returns the number of lines read and the number of malformed ones; nil and a message when output fails.
function identify.lines(options)
  local json, set, output = options.json, options.set, options.output
  local count, malformed = 0, 0
  local more = options.more or function() return options.buffered end
  output:setvbuf("full", 65536)
  for line in options.input:lines() do
    count = count + 1
    local given, bytes = question(options, line)
    local answer
    if given then
      local found = signature.identify(set, bytes, { handshake = given.handshake, port = given.port })
      answer = {
        id = given.id == nil and json.null or given.id, service = found.service or json.null,
        services = json.array(found.services), fields = found.fields,
      }
    else
      malformed = malformed + 1
      answer = { id = json.null, error = "line " .. count .. ": " .. bytes }
    end
    local ok, problem = output:write(json.encode(answer), "\n")
    if ok and not more() then ok, problem = output:flush() end
    if not ok then return nil, problem end
  end
  local ok, problem = output:flush()
  if not ok then return nil, problem end
  return count, malformed
end

return identify
