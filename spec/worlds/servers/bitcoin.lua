-- A node of Bitcoin (Bitcoin developer reference, "P2P network"; BIP 37, BIP 60): message headers and the version handshake.
local digest = require "sonde.digest"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local OPTIONS = { agent = "how it calls itself", height = "blocks it has" }

local MAGIC, PAYLOAD_MAX = "\249\190\180\217", 4000000                    -- mainnet; MAX_PROTOCOL_MESSAGE_LENGTH
local VERSION, VERSION_LEAST, VERSION_WITH_RELAY = 70016, 31800, 70001
local SERVICES, AGENT_MAX = 0x409, 256                                     -- NODE_NETWORK, NODE_WITNESS, NODE_NETWORK_LIMITED

-- The first four bytes of SHA-256 done twice.
local function checksum(payload)
  local function binary(hexadecimal)
    return (hexadecimal:gsub("..", function(two) return string.char(tonumber(two, 16)) end))
  end
  return binary(digest.sha256(binary(digest.sha256(payload)))):sub(1, 4)
end

local function send(conn, command, payload)
  conn:send(pack("<c4 c12 I4 c4", MAGIC, command, #payload, checksum(payload)), payload)
end

local function version_of(conn, host)
  local options, nowhere = host.options, ("\0"):rep(26)
  return pack("<I4 I4 x4 I4 x4", VERSION, SERVICES, math.floor(host.clock())) .. nowhere .. nowhere .. conn:random(8)
    .. pack("<s1 I4 B", options.agent, options.height, 1)
end

-- A length as one, three, five or nine bytes ("CompactSize unsigned integers"): the shortest form only. Nil where it is too long.
local function compact_size(payload, position)
  local first, after = unpack("B", payload, position)
  if first < 0xFD then return first, after end
  if first > 0xFD then return nil end
  local length
  length, after = unpack("<I2", payload, after)
  if length >= 0xFD then return length, after end
end

-- What a version message says ("version"); nil where it does not keep to the form.
local function read_version(payload)
  if #payload < 85 then return nil end
  local version = unpack("<I4", payload)
  local length, position = compact_size(payload, 81)
  if not length or length > AGENT_MAX or position + length + 4 > #payload + 1 then return nil end
  position = position + length + 4
  local left = #payload - position + 1
  if left > 1 or left == 1 and (version < VERSION_WITH_RELAY or payload:byte(position) > 1) then return nil end
  return version
end

-- A message's command: letters, then zeros only.
local function name_of(field)
  return field:match "^([%l%d]+)%z*$"
end

local function serve(conn, host)
  local greeted = false
  while true do
    local magic, field, length, sum = unpack("<c4 c12 I4 c4", conn:receive(24))
    if magic ~= MAGIC or length > PAYLOAD_MAX then return end
    local payload = conn:receive(length)
    -- Nothing else counts before the version; and nothing at all whose checksum is wrong.
    if sum == checksum(payload) and name_of(field) == "version" and not greeted then
      local version = read_version(payload)
      if version and version < VERSION_LEAST then return end
      if version then
        greeted = true
        send(conn, "version", version_of(conn, host))
        send(conn, "verack", "")
      end
    end
  end
end

return { serve = serve, options = OPTIONS }
