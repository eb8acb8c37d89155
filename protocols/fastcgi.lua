-- FastCGI (FastCGI specification 1.0, section 4.1): asks for the values that an application tells a web server; runs nothing.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local fastcgi = {
  name = "fastcgi", ports = { 9000 }, first = "client", timeout = 5,
  fields = {
    max_conns = "connections at once (number)", max_reqs = "requests at once (number)",
    multiplexes = "whether one connection bears several requests (boolean)",
  },
}

local VERSION, GET_VALUES, RESULT, BODY_MAX, NAMES_MAX = 1, 9, 10, 1024, 16
-- Section 3.3: a record is padded as its sender likes; the specification's own library answers none that is not.
local PADDING = ("\0"):rep(8)

local learn = {
  FCGI_MAX_CONNS = function(record, value) record.max_conns = tonumber(value:match "^%d%d?%d?%d?%d?%d?%d?%d?%d?$") end,
  FCGI_MAX_REQS = function(record, value) record.max_reqs = tonumber(value:match "^%d%d?%d?%d?%d?%d?%d?%d?%d?$") end,
  FCGI_MPXS_CONNS = function(record, value) record.multiplexes = value == "1" end,
}

-- Section 3.4: one byte, or four with the highest bit set.
local function read_length(body, position)
  local length, after = unpack("B", body, position)
  if length < 128 then return length, after end
  length, after = unpack(">I4", body, position)
  return length - 2 ^ 31, after
end

function fastcgi.handshake(conn, record)
  local names = ""
  for _, name in ipairs { "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS" } do
    names = names .. pack("B B", #name, 0) .. name
  end
  conn:send(pack(">B B I2 I2 B x", VERSION, GET_VALUES, 0, #names, #PADDING), names, PADDING)
  local version, kind, id, length = unpack(">B B I2 I2", conn:receive(8))
  expect(version == VERSION and kind == RESULT and id == 0 and length <= BODY_MAX, "no result")
  local body, position = conn:receive(length), 1
  for _ = 1, NAMES_MAX do
    if position > #body then return end
    local name_size, value_size
    name_size, position = read_length(body, position)
    value_size, position = read_length(body, position)
    expect(position + name_size + value_size - 1 <= #body, "name or value outside of the result")
    local name = body:sub(position, position + name_size - 1)
    position = position + name_size + value_size
    if learn[name] then learn[name](record, body:sub(position - value_size, position - 1)) end
  end
end

return fastcgi
