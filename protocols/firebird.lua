-- Firebird (Firebird wire protocol, "op_connect"): offers protocol versions, reads the one chosen, disconnects.
-- Names no database and no user.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local firebird = {
  name = "firebird", ports = { 3050 }, first = "client", timeout = 5,
  fields = {
    answer = "accept, continue: it wants a login now, reject or error", protocol_version = "the version chosen (number)",
    architecture = "1: generic (number)", accept_type = "of batching, with flags (number)", plugin = "for the login",
    error = "number of an error (number)",
  },
}

local CONNECT, ACCEPT, REJECT, DISCONNECT, RESPONSE, ATTACH, ACCEPT_DATA, COND_ACCEPT = 1, 3, 4, 6, 9, 19, 94, 98
local CONTINUE = 92
local CONNECT_VERSION, GENERIC, FLAG, PLUGIN_MAX = 3, 1, 0x8000, 255
local VERSIONS = { 10, FLAG + 11, FLAG + 12, FLAG + 13 }   -- from version 11 on, marked as Firebird's own

local function offer()
  local offers = {}
  for index, version in ipairs(VERSIONS) do
    offers[index] = pack(">i4 I4 I4 I4 I4", version < FLAG and version or version - 2 * FLAG, GENERIC, 0, 3, index * 2)
  end
  return pack(">I4 I4 I4 I4 s4 I4 s4", CONNECT, ATTACH, CONNECT_VERSION, GENERIC, "", #offers, "") .. table.concat(offers)
end

local function receive_name(conn)
  local length = unpack(">I4", conn:receive(4))
  expect(length <= PLUGIN_MAX, "name too long")
  return length > 0 and conn:receive(length) or nil
end

function firebird.handshake(conn, record)
  conn:send(offer())
  local operation = unpack(">I4", conn:receive(4))
  if operation == REJECT then
    record.answer = "reject"
    return
  end
  if operation == RESPONSE then   -- object, blob, data, status vector: its tag and number
    expect(unpack(">x12 I4", conn:receive(16)) == 0, "no error")
    local tag, number = unpack(">I4 I4", conn:receive(8))
    expect(tag == 1, "no error")
    record.answer, record.error = "error", number
    return
  end
  if operation == CONTINUE then   -- from version 3 on: data, plugin, plugins, keys
    expect(unpack(">I4", conn:receive(4)) == 0, "data for a login that was not begun")
    record.answer, record.plugin = "continue", receive_name(conn)
    conn:send(pack(">I4", DISCONNECT))
    return
  end
  expect(operation == ACCEPT or operation == ACCEPT_DATA or operation == COND_ACCEPT, "no answer to op_connect")
  local version, architecture, kind = unpack(">I4 I4 I4", conn:receive(12))
  version = version % FLAG
  expect(version >= 10 and version <= 32 and architecture <= 64, "no version")
  record.answer, record.protocol_version, record.architecture, record.accept_type = "accept", version, architecture, kind
  if operation ~= ACCEPT then
    expect(unpack(">I4", conn:receive(4)) == 0, "data for a login that was not begun")
    record.plugin = receive_name(conn)
  end
  conn:send(pack(">I4", DISCONNECT))
end

return firebird
