-- LDAP's messages (RFC 4511) as a scan needs them: reads of the root entry, extended requests, UNBIND, and the answers.

local der = require "sonde.der"
local expect = require "sonde.expect"
local pack, unpack = der.pack, der.unpack

local ldap_messages = {
  ENTRY = 0x64, DONE = 0x65, REFERENCE = 0x73, EXTENDED = 0x78,   -- operations that servers answer with
}

local SEQUENCE, INTEGER, OCTETS, ENUMERATED, BOOLEAN, PRESENT = 0x30, 2, 4, 10, 1, 0x87
local SEARCH, UNBIND, EXTENDED_REQUEST, REQUEST_NAME = 0x63, 0x42, 0x77, 0x80
local MESSAGE_MAX, VALUES_MAX = 16384, 32
local BASE, NEVER, SECONDS_MAX = "\0", "\0", "\5"   -- this entry alone; aliases are not followed

local function message(id, ...)
  return pack(SEQUENCE, pack(INTEGER, string.char(id)), ...)
end

-- Section 4.5: the attributes of the entry without a name, at most one entry.
function ldap_messages.search_root(id, names)
  local list = {}
  for i, name in ipairs(names) do list[i] = pack(OCTETS, name) end
  return message(id, pack(SEARCH, pack(OCTETS), pack(ENUMERATED, BASE), pack(ENUMERATED, NEVER), pack(INTEGER, "\0"),
    pack(INTEGER, SECONDS_MAX), pack(BOOLEAN, "\0"), pack(PRESENT, "objectClass"), pack(SEQUENCE, table.concat(list))))
end

-- Section 4.12.
function ldap_messages.extended(id, name) return message(id, pack(EXTENDED_REQUEST, pack(REQUEST_NAME, name))) end

function ldap_messages.unbind(id) return message(id, pack(UNBIND)) end

-- The operation that the next message bears, and its contents.
function ldap_messages.receive(conn)
  expect(conn:peek(1):byte() == SEQUENCE, "no LDAP message")
  local _, bytes = der.receive(conn, MESSAGE_MAX)
  local tag, _, start = unpack(bytes)
  expect(tag == INTEGER, "no LDAP message")
  local operation, contents = unpack(bytes, start)
  return operation, contents
end

-- An entry's attributes: { lower-case name = list of values }.
function ldap_messages.attributes(entry)
  local found = {}
  local _, _, start = unpack(entry)
  local _, attributes = unpack(entry, start)
  for _, attribute in der.elements(attributes) do
    local _, name, after = unpack(attribute)
    local _, values = unpack(attribute, after)
    local list = {}
    for _, value in der.elements(values) do
      if #list < VALUES_MAX then list[#list + 1] = value end
    end
    found[name:lower()] = list[1] and list
  end
  return found
end

-- Section 4.1.9: the code and the words of a result.
function ldap_messages.result(contents)
  local _, code, matched = unpack(contents)
  local _, _, after = unpack(contents, matched)
  local _, text = unpack(contents, after)
  return der.number(code), text ~= "" and text or nil
end

return ldap_messages
