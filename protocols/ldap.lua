-- LDAP (RFC 4511 section 4.5; RFC 4512 section 5.1): reads the root entry without a bind, which servers give to anyone; UNBIND.
local der = require "sonde.der"
local expect = require "sonde.expect"
local pack, unpack = der.pack, der.unpack

local ldap = {
  name = "ldap", ports = { 389, 3268 }, first = "client", timeout = 8,
  fields = {
    code = "result code, 0: success (number)", message = "what it says to it", vendor = "who made the server",
    vendor_version = "its version", host_name = "its name", default_naming_context = "of a directory of Windows",
    naming_contexts = "what it holds (list of strings)", versions = "of LDAP (list of strings)",
    sasl_mechanisms = "for login (list of strings)",
  },
}

local SEQUENCE, INTEGER, OCTETS, ENUMERATED, BOOLEAN, PRESENT = 0x30, 2, 4, 10, 1, 0x87
local SEARCH, ENTRY, DONE, REFERENCE, EXTENDED, UNBIND = 0x63, 0x64, 0x65, 0x73, 0x78, 0x42
local MESSAGE_MAX, MESSAGES_MAX, VALUES_MAX = 16384, 4, 32
local TEXTS = {
  vendorname = "vendor", vendorversion = "vendor_version", dnshostname = "host_name",
  defaultnamingcontext = "default_naming_context",
}
local LISTS = {
  namingcontexts = "naming_contexts", supportedldapversion = "versions", supportedsaslmechanisms = "sasl_mechanisms",
}

local function question()
  local names = ""
  for _, name in ipairs { "vendorName", "vendorVersion", "dnsHostName", "defaultNamingContext", "namingContexts",
    "supportedLDAPVersion", "supportedSASLMechanisms" } do
    names = names .. pack(OCTETS, name)
  end
  return pack(SEQUENCE, pack(INTEGER, "\1"), pack(SEARCH, pack(OCTETS), pack(ENUMERATED, "\0"), pack(ENUMERATED, "\0"),
    pack(INTEGER, "\0"), pack(INTEGER, "\5"), pack(BOOLEAN, "\0"), pack(PRESENT, "objectClass"), pack(SEQUENCE, names)))
end

local function learn_entry(record, entry)
  local _, _, start = unpack(entry)
  local _, attributes = unpack(entry, start)
  for _, attribute in der.elements(attributes) do
    local _, name, after = unpack(attribute)
    local _, values = unpack(attribute, after)
    local list = {}
    for _, value in der.elements(values) do
      if #list < VALUES_MAX then list[#list + 1] = value end
    end
    name = name:lower()
    if TEXTS[name] then record[TEXTS[name]] = list[1] end
    if LISTS[name] then record[LISTS[name]] = list[1] and list end
  end
end

function ldap.handshake(conn, record)
  conn:send(question())
  for _ = 1, MESSAGES_MAX do
    expect(conn:peek(1):byte() == SEQUENCE, "no LDAP message")
    local _, message = der.receive(conn, MESSAGE_MAX)
    local id, _, start = unpack(message)
    local operation, contents = unpack(message, start)
    expect(id == INTEGER and (operation == ENTRY or operation == DONE or operation == REFERENCE or operation == EXTENDED),
      "no answer to the search")
    if operation == ENTRY then learn_entry(record, contents) end
    if operation == DONE or operation == EXTENDED then   -- the latter: section 4.4.1, notice of disconnection
      local _, code, matched = unpack(contents)
      local _, _, after = unpack(contents, matched)
      local _, text = unpack(contents, after)
      record.code, record.message = der.number(code), text ~= "" and text or nil
      conn:send(pack(SEQUENCE, pack(INTEGER, "\2"), pack(UNBIND)))
      return
    end
  end
  expect(false, "no end of the search")
end

return ldap
