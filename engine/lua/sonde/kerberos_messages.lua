-- Kerberos's messages (RFC 4120 section 5) as a scan needs them: a request for a ticket without a password, and the answers.

local der = require "sonde.der"
local expect = require "sonde.expect"
local pack = der.pack

local kerberos_messages = { REPLY = 0x6B, ERROR = 0x7E }   -- what servers answer with

local SEQUENCE, INTEGER, BITS, GENERAL_STRING, TIME, REQUEST = 0x30, 2, 3, 0x1B, 0x18, 0x6A
local PRINCIPAL, SERVICE = "\1", "\2"   -- kinds of names: NT-PRINCIPAL, NT-SRV-INST

local function field(number, ...) return pack(0xA0 + number, ...) end
local function number(bytes) return pack(INTEGER, bytes) end

local function name(kind, ...)
  local parts = ""
  for _, part in ipairs { ... } do parts = parts .. pack(GENERAL_STRING, part) end
  return pack(SEQUENCE, field(0, number(kind)), field(1, pack(SEQUENCE, parts)))
end

-- Section 5.4.1: AS-REQ of a user for the realm's own ticket; the nonce has three bytes.
function kerberos_messages.request(user, realm, nonce)
  local types = pack(SEQUENCE, number "\18", number "\17", number "\23")   -- AES 256, AES 128, RC4
  local body = pack(SEQUENCE, field(0, pack(BITS, "\0\0\0\0\0")), field(1, name(PRINCIPAL, user)),
    field(2, pack(GENERAL_STRING, realm)), field(3, name(SERVICE, "krbtgt", realm)), field(5, pack(TIME, "20370913024805Z")),
    field(7, number("\1" .. nonce)), field(8, types))
  return pack(REQUEST, pack(SEQUENCE, field(1, number "\5"), field(2, number "\10"), field(4, body)))
end

-- Section 5.9.1: calls learn[number](record, value) for the fields of an error.
function kerberos_messages.read_error(contents, record, learn)
  local outer, fields = der.unpack(contents)
  expect(outer == SEQUENCE, "no error")
  for tag, inside in der.elements(fields) do
    local take = learn[tag - 0xA0]
    if take then
      local _, value = der.unpack(inside)
      take(record, value)
    end
  end
end

return kerberos_messages
