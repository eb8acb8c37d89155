-- Kerberos over TCP (RFC 4120 sections 5.4.1, 5.9.1 and 7.2.2): asks for a ticket in a realm that cannot exist.
-- Without a password; the refusal bears the server's time and, of some servers, the realm that they serve.
local der = require "sonde.der"
local expect = require "sonde.expect"
local messages = require "sonde.kerberos_messages"
local wire = require "sonde.wire"

local kerberos = {
  name = "kerberos", ports = { 88 }, first = "client", timeout = 5,
  fields = {
    error = "error code, 6: unknown principal, 68: wrong realm (number)", realm = "the server's realm, or ours again",
    server_time = "e.g. 20240101120000Z", text = "what it says in words", ticket = "whether it gave one (boolean)",
  },
}

local ANSWER_MAX = 16384

local learn = {   -- by the numbers of an error's fields
  [4] = function(record, value) record.server_time = value end,
  [6] = function(record, value) record.error = der.number(value) end,
  [9] = function(record, value) record.realm = value end,
  [11] = function(record, value) record.text = value end,
}

function kerberos.handshake(conn, record)
  conn:send(wire.pack(">s4", messages.request("sonde", "SONDE.INVALID", conn:random(3))))
  local length = wire.unpack(">I4", conn:receive(4))
  expect(length >= 4 and length <= ANSWER_MAX, "answer of a forbidden length")
  local kind, contents = der.unpack(conn:receive(length))
  expect(kind == messages.ERROR or kind == messages.REPLY, "no answer to AS-REQ")
  if kind == messages.REPLY then
    record.ticket = true
    return
  end
  messages.read_error(contents, record, learn)
  expect(record.error, "no error")
end

return kerberos
