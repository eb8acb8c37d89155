-- Kerberos over TCP (RFC 4120 sections 5.4.1, 5.9.1 and 7.2.2): asks for a ticket in a realm that cannot exist.
-- Without a password; the refusal bears the server's time and, of some servers, the realm that they serve.
local der = require "sonde.der"
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack = der.pack

local kerberos = {
  name = "kerberos", ports = { 88 }, first = "client", timeout = 5,
  fields = {
    error = "error code, 6: unknown principal, 68: wrong realm (number)", realm = "the server's realm, or ours again",
    server_time = "e.g. 20240101120000Z", text = "what it says in words", ticket = "whether it gave one (boolean)",
  },
}

local SEQUENCE, INTEGER, BITS, GENERAL_STRING, TIME = 0x30, 2, 3, 0x1B, 0x18
local AS_REQUEST, AS_REPLY, ERROR, ANSWER_MAX = 0x6A, 0x6B, 0x7E, 16384
local REALM = "SONDE.INVALID"

local function field(number, ...) return pack(0xA0 + number, ...) end
local function number(bytes) return pack(INTEGER, bytes) end

local function name(kind, ...)
  local parts = ""
  for _, part in ipairs { ... } do parts = parts .. pack(GENERAL_STRING, part) end
  return pack(SEQUENCE, field(0, number(kind)), field(1, pack(SEQUENCE, parts)))
end

local function request(nonce)
  local types = pack(SEQUENCE, number "\18", number "\17", number "\23")   -- AES 256, AES 128, RC4
  local body = pack(SEQUENCE, field(0, pack(BITS, "\0\0\0\0\0")), field(1, name("\1", "sonde")),
    field(2, pack(GENERAL_STRING, REALM)), field(3, name("\2", "krbtgt", REALM)), field(5, pack(TIME, "20370913024805Z")),
    field(7, number("\1" .. nonce)), field(8, types))
  return pack(AS_REQUEST, pack(SEQUENCE, field(1, number "\5"), field(2, number "\10"), field(4, body)))
end

local learn = {
  [0xA4] = function(record, value) record.server_time = value end,
  [0xA6] = function(record, value) record.error = der.number(value) end,
  [0xA9] = function(record, value) record.realm = value end,
  [0xAB] = function(record, value) record.text = value end,
}

function kerberos.handshake(conn, record)
  conn:send(wire.pack(">s4", request(conn:random(3))))
  local length = wire.unpack(">I4", conn:receive(4))
  expect(length >= 4 and length <= ANSWER_MAX, "answer of a forbidden length")
  local kind, message = der.unpack(conn:receive(length))
  expect(kind == ERROR or kind == AS_REPLY, "no answer to AS-REQ")
  if kind == AS_REPLY then
    record.ticket = true
    return
  end
  local outer, fields = der.unpack(message)
  expect(outer == SEQUENCE, "no error")
  for tag, contents in der.elements(fields) do
    if learn[tag] then
      local _, value = der.unpack(contents)
      learn[tag](record, value)
    end
  end
  expect(record.error, "no error")
end

return kerberos
