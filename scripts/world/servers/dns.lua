-- A DNS server over TCP (RFC 1035, 7766): answers what it understands, hangs up on the rest.

local wire = require "sonde.wire"

local NOERROR, FORMERR, NOTIMP, REFUSED = 0, 1, 4, 5

local VERSIONS = {
  { "9.18.24-1-Debian", weight = 4 }, { "9.16.48-Ubuntu", weight = 4 }, { "9.11.4-P2-RedHat-9.11.4", weight = 4 },
  { "dnsmasq-2.85", weight = 6 }, { "dnsmasq-2.40", weight = 3 }, { "PowerDNS Authoritative Server 4.7.4", weight = 2 },
  { "unbound 1.17.1", weight = 2 }, { "none of your business", weight = 1 },
}

-- The position after a name (section 3.1); raises where the bytes end too early.
local function skip_name(bytes, at)
  for _ = 1, 128 do
    local length = wire.unpack("B", bytes, at)
    if length == 0 then return at + 1 end
    if length >= 192 then return at + 2 end
    at = at + 1 + length
  end
  return #bytes + 2
end

-- Id, whether it is a question, its operation, the question's own bytes, type and class.
local function parse(bytes)
  local id, flags, questions, _, _, _, at = wire.unpack(">I2 I2 I2 I2 I2 I2", bytes)
  local query = { id = id, response = flags >= 0x8000, operation = math.floor(flags / 2048) % 16,
    recursion = math.floor(flags / 256) % 2 }
  if questions ~= 1 then return query end
  local after = skip_name(bytes, at)
  query.type, query.class, after = wire.unpack(">I2 I2", bytes, after)
  query.question = bytes:sub(at, after - 1)
  return query
end

-- QR, the query's own operation and RD, RA where the server recurses.
local function answer(query, code, recurses, record)
  local flags = 0x8000 + query.operation * 2048 + query.recursion * 256 + (recurses and 128 or 0) + code
  return wire.pack(">I2 I2 I2 I2 I2 I2", query.id, flags, query.question and 1 or 0, record and 1 or 0, 0, 0)
    .. (query.question or "") .. (record or "")
end

local function respond(host, query)
  local recurses = host:chance("recurses", 0.3)
  if query.operation ~= 0 then return answer(query, NOTIMP, recurses) end
  if not query.question then return answer(query, FORMERR, recurses) end
  if query.class == 3 and query.type == 16 and host:chance("tells", 0.7) then -- CH TXT: version.bind
    local text = wire.pack("s1", host:choose("version", VERSIONS))
    return answer(query, NOERROR, recurses, wire.pack(">I2 I2 I2 I4 s2", 0xc00c, 16, 3, 0, text))
  end
  if recurses and query.type == 1 and query.class == 1 then
    return answer(query, NOERROR, true, wire.pack(">I2 I2 I2 I4 s2", 0xc00c, 1, 1, 300, "\192\0\2\1"))
  end
  return answer(query, REFUSED, recurses)
end

local function serve(conn, host)
  for _ = 1, 10 do
    local length = wire.unpack(">I2", conn:receive(2))
    if length < 12 then return end
    local query = parse(conn:receive(length))
    if query.response then return end
    conn:send(wire.pack(">s2", respond(host, query)))
  end
end

-- Chances a world may set.
local OPTIONS = {
  recurses = "share that answers for any name",
  tells = "share that tells its version",
}

return { serve = serve, options = OPTIONS }
