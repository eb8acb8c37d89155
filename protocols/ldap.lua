-- LDAP (RFC 4511 sections 4.5 and 4.14; RFC 4512 section 5.1): reads the root entry without a bind; StartTLS; UNBIND.
-- Servers give that entry to anyone. StartTLS follows where it is offered there.
local expect = require "sonde.expect"
local messages = require "sonde.ldap_messages"
local words = require "sonde.words"

local ldap = {
  name = "ldap", ports = { 389, 3268 }, tls_ports = { 636, 3269 }, first = "client", timeout = 8,
  fields = {
    code = "result code, 0: success (number)", message = "what it says to it", vendor = "who made the server",
    vendor_version = "its version", host_name = "its name", default_naming_context = "of a directory of Windows",
    naming_contexts = "what it holds (list of strings)", versions = "of LDAP (list of strings)",
    sasl_mechanisms = "for login (list of strings)", extensions = "object identifiers (list of strings)",
    starttls_code = "result code of StartTLS, 0: go on (number)",
  },
}

local MESSAGES_MAX = 4
local START_TLS = "1.3.6.1.4.1.1466.20037"
local ATTRIBUTES = { "vendorName", "vendorVersion", "dnsHostName", "defaultNamingContext", "namingContexts",
  "supportedLDAPVersion", "supportedSASLMechanisms", "supportedExtension" }
local TEXTS = {
  vendorname = "vendor", vendorversion = "vendor_version", dnshostname = "host_name",
  defaultnamingcontext = "default_naming_context",
}
local LISTS = {
  namingcontexts = "naming_contexts", supportedldapversion = "versions", supportedsaslmechanisms = "sasl_mechanisms",
  supportedextension = "extensions",
}
local KNOWN = { [messages.ENTRY] = true, [messages.DONE] = true, [messages.REFERENCE] = true, [messages.EXTENDED] = true }

-- Reads up to the result: its code and words.
local function receive_result(conn, record)
  for _ = 1, MESSAGES_MAX do
    local operation, contents = messages.receive(conn)
    expect(KNOWN[operation], "no answer to the search")
    if operation == messages.DONE or operation == messages.EXTENDED then return messages.result(contents) end
    local found = operation == messages.ENTRY and messages.attributes(contents) or {}
    for name, field in pairs(TEXTS) do record[field] = found[name] and found[name][1] or record[field] end
    for name, field in pairs(LISTS) do record[field] = found[name] or record[field] end
  end
  expect(false, "no end of the search")
end

function ldap.handshake(conn, record)
  conn:send(messages.search_root(1, ATTRIBUTES))
  record.code, record.message = receive_result(conn, record)   -- or a notice of disconnection (section 4.4.1)
  if words.have(record.extensions, START_TLS) then
    conn:send(messages.extended(2, START_TLS))
    record.starttls_code = receive_result(conn, {})
    if record.starttls_code == 0 then conn:start_tls() end
  end
  conn:send(messages.unbind(3))
end

return ldap
