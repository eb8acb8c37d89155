-- An Apache Kafka broker (Apache Kafka protocol guide, "Protocol Primitive Types", "ApiVersions"): says what it speaks.
local wire = require "sonde.wire"

local OPTIONS = {
  newest = "newest version of ApiVersions (3)", apis = "key:lowest-highest of each request, apart from one another by blanks",
}

local API_VERSIONS = 18
local FLEXIBLE = 3                        -- from this version on: tagged fields, compact strings and arrays
local REQUEST_MAX = 100 * 2 ^ 20          -- socket.request.max.bytes
local HEADER_MIN = 10                     -- key, version, correlation id, length of the client's id
local NONE, UNSUPPORTED_VERSION = 0, 35   -- "Protocol Error Codes"
local APIS = "0:0-9 1:0-13 3:0-12 18:0-3 36:0-2"

-- "Protocol Primitive Types": seven bits a byte, the lowest first.
local function unsigned_varint(n)
  return n < 128 and string.char(n) or string.char(n % 128 + 128) .. unsigned_varint(math.floor(n / 128))
end

-- The string of a compact form, and the position after it; nil where it is none.
local function read_compact(bytes, at)
  local length = bytes:byte(at)
  if not length or length == 0 or length > 127 or at + length - 1 > #bytes then return nil end
  return bytes:sub(at + 1, at + length - 1), at + length
end

local function list_of(options)
  local list = {}
  for key, low, high in (options.apis or APIS):gmatch "(%d+):(%d+)%-(%d+)" do
    list[#list + 1] = { tonumber(key), tonumber(low), tonumber(high) }
    if tonumber(key) == API_VERSIONS then list[#list][3] = options.newest or FLEXIBLE end
  end
  return list
end

-- The body of the answer: versions 1 and 2 have the time for which the client was held back, 3 has tagged fields as well.
local function body_of(version, code, list)
  local entries = {}
  for i, each in ipairs(list) do
    entries[i] = wire.pack(">I2 I2 I2", each[1], each[2], each[3]) .. (version >= FLEXIBLE and "\0" or "")
  end
  local count = version >= FLEXIBLE and unsigned_varint(#list + 1) or wire.pack(">I4", #list)
  local throttle = version > 0 and wire.pack(">I4", 0) or ""
  return wire.pack(">I2", code) .. count .. table.concat(entries) .. throttle .. (version >= FLEXIBLE and "\0" or "")
end

-- What version 3 has after the header: tagged fields, then the client's software, its version, tagged fields. All of it.
local function sound(rest)
  if rest:byte(1) ~= 0 then return false end
  local name, after = read_compact(rest, 2)
  local version, last = read_compact(rest, after or #rest + 1)
  return name and version and name:find "^[%w][%w%-.]*$" and rest:sub(last) == "\0"
end

-- The answer to a request without its length; nil where the guide has none, and the broker hangs up.
local function answer(request, options)
  local key, version, correlation, length = wire.unpack(">I2 I2 c4 i2", request)
  local at = HEADER_MIN + 1 + math.max(length, 0)
  if key ~= API_VERSIONS or length < -1 or at > #request + 1 then return nil end
  if version > (options.newest or FLEXIBLE) then   -- KIP-511: in version 0, with ApiVersions alone
    return correlation .. body_of(0, UNSUPPORTED_VERSION, { { API_VERSIONS, 0, options.newest or FLEXIBLE } })
  end
  local rest = request:sub(at)
  if version < FLEXIBLE and rest ~= "" or version >= FLEXIBLE and not sound(rest) then return nil end
  return correlation .. body_of(version, NONE, list_of(options))
end

local function serve(conn, host)
  while true do
    local size = wire.unpack(">i4", conn:receive(4))
    if size < HEADER_MIN or size > REQUEST_MAX then return end
    local said = answer(conn:receive(size), host.options)
    if not said then return end
    conn:send(wire.pack(">s4", said))
  end
end

return { serve = serve, options = OPTIONS }
