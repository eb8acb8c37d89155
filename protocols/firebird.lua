-- Firebird (Firebird wire protocol, "op_connect"): offers protocol versions, reads the one chosen, disconnects.
-- Names no database and no user.
local expect = require "sonde.expect"
local pack, unpack = require "sonde.wire".pack, require "sonde.wire".unpack

local firebird = {
  name = "firebird", ports = { 3050 }, first = "client", timeout = 5,
  fields = {
    answer = "accept, continue: it wants a login now, reject or error", protocol_version = "the version chosen (number)",
    architecture = "1: generic (number)", accept_type = "of batching, with flags (number)", plugin = "for the login",
    error = "number of an error (number)",
  },
}

local CONNECT, ACCEPT, REJECT, DISCONNECT, RESPONSE, ATTACH, CONTINUE, ACCEPT_DATA, COND_ACCEPT = 1, 3, 4, 6, 9, 19, 92, 94, 98
local CONNECT_VERSION, GENERIC, FLAG, PLUGIN_MAX = 3, 1, 0x8000, 255
local VERSIONS = { 10, FLAG + 11, FLAG + 12, FLAG + 13 }   -- from version 11 on, marked as Firebird's own

local function offer()
  local offers = {}
  for index, version in ipairs(VERSIONS) do
    offers[index] = pack(">i4 I4 I4 I4 I4", version < FLAG and version or version - 2 * FLAG, GENERIC, 0, 3, index * 2)
  end
  return pack(">I4 I4 I4 I4 s4 I4 s4", CONNECT, ATTACH, CONNECT_VERSION, GENERIC, "", #offers, "") .. table.concat(offers)
end

-- What a login would go on with: data, of which there is none yet, and its plugin's name.
local function receive_plugin(conn)
  local data, length = unpack(">I4 I4", conn:receive(8))
  expect(data == 0 and length <= PLUGIN_MAX, "data for a login that was not begun")
  return length > 0 and conn:receive(length) or nil
end

local function accepted(conn, record, operation)
  local version, architecture, kind = unpack(">I4 I4 I4", conn:receive(12))
  version = version % FLAG
  expect(version >= 10 and version <= 32 and architecture <= 64, "no version")
  record.answer, record.protocol_version, record.architecture, record.accept_type = "accept", version, architecture, kind
  if operation ~= ACCEPT then record.plugin = receive_plugin(conn) end
end

local learn = {
  [ACCEPT] = accepted, [ACCEPT_DATA] = accepted, [COND_ACCEPT] = accepted,
  [REJECT] = function(_, record) record.answer = "reject" end,
  [CONTINUE] = function(conn, record) record.answer, record.plugin = "continue", receive_plugin(conn) end,   -- from version 3 on
  [RESPONSE] = function(conn, record)   -- object, blob, data, status vector: its tag and number
    local data, tag, number = unpack(">x12 I4 I4 I4", conn:receive(24))
    expect(data == 0 and tag == 1, "no error")
    record.answer, record.error = "error", number
  end,
}

function firebird.handshake(conn, record)
  conn:send(offer())
  local operation = unpack(">I4", conn:receive(4))
  expect(learn[operation], "no answer to op_connect")(conn, record, operation)
  if record.protocol_version or operation == CONTINUE then conn:send(pack(">I4", DISCONNECT)) end
end

return firebird
