-- A Couchbase data node (Couchbase Binary Protocol, "Packet Structure", "0x1f HELO", "0x0b Version"): framing and two commands.
local wire = require "sonde.wire"

local OPTIONS = {
  version = "what it says of itself (7.2.3-6705-enterprise)", locked = "true: tells its version to users only",
}

local REQUEST, FLEXIBLE, RESPONSE = 0x80, 0x08, 0x81
local NOOP, QUIT, VERSION, HELO = 0x0A, 0x07, 0x0B, 0x1F
local OK, INVALID, NO_ACCESS, UNKNOWN = 0, 4, 0x24, 0x81   -- "Response Status"
local BODY_MAX = 20 * 2 ^ 20
local FEATURES = { [3] = true, [4] = true }   -- TCP nodelay and mutation seqno: those of the document's example

-- "0x1f HELO": of the features asked for, in the order asked, those that are there.
local function features(value)
  local kept = {}
  for at = 1, #value, 2 do
    local feature = value:sub(at, at + 1)
    if FEATURES[wire.unpack(">I2", feature)] then kept[#kept + 1] = feature end
  end
  return table.concat(kept)
end

-- Status and value for a command, with the sizes of what came with it.
local function answer(code, key, extras, value, options)
  if code == HELO then
    if extras > 0 or #value % 2 > 0 then return INVALID, "" end
    return OK, features(value)
  end
  if code ~= NOOP and code ~= QUIT and code ~= VERSION then return UNKNOWN, "" end
  if key > 0 or extras > 0 or value ~= "" then return INVALID, "" end
  if code == VERSION and options.locked then return NO_ACCESS, "" end
  return OK, code == VERSION and (options.version or "7.2.3-6705-enterprise") or ""
end

local function serve(conn, host)
  repeat
    -- What begins otherwise is no request, and nothing more can be read of it.
    local magic = conn:peek(1):byte()
    if magic ~= REQUEST and magic ~= FLEXIBLE then return end
    local head = conn:receive(24)
    local code, key, extras, data_type, bucket, length, opaque, cas = wire.unpack(">x B I2 B B I2 I4 c4 c8", head)
    local framing = 0
    if magic == FLEXIBLE then framing, key = math.floor(key / 256), key % 256 end
    if length > BODY_MAX or framing + extras + key > length then return end
    local value = conn:receive(length):sub(framing + extras + key + 1)
    local status, text = answer(code, key, extras, value, host.options)
    -- "Data Types": none before HELO agreed on some. None of these commands has a vbucket or a CAS.
    if data_type ~= 0 or bucket ~= 0 or cas:find "[^%z]" or framing > 0 then status, text = INVALID, "" end
    conn:send(wire.pack(">B B I2 B B I2 I4 c4 c8", RESPONSE, code, 0, 0, 0, status, #text, opaque, ""), text)
  until code == QUIT
end

return { serve = serve, options = OPTIONS }
