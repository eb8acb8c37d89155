local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local der = require "sonde.der"
local pack = der.pack

local names = ""
for _, name in ipairs { "vendorName", "vendorVersion", "dnsHostName", "defaultNamingContext", "namingContexts",
  "supportedLDAPVersion", "supportedSASLMechanisms", "supportedExtension" } do
  names = names .. "\4" .. string.char(#name) .. name
end
local search = "\4\0\10\1\0\10\1\0\2\1\0\2\1\5\1\1\0\135\11objectClass\48\129" .. string.char(#names) .. names
search = "\2\1\1\99\129" .. string.char(#search) .. search
local asked = "\48\129" .. string.char(#search) .. search
local unbind = "\48\5\2\1\3\66\0"
local starttls = "\48\29\2\1\2\119\24\128\0221.3.6.1.4.1.1466.20037"

local function attribute(name, ...)
  local values = ""
  for _, value in ipairs { ... } do values = values .. pack(4, value) end
  return pack(0x30, pack(4, name), pack(0x31, values))
end
local function message(...) return pack(0x30, pack(2, "\1"), ...) end
local function done(code, text) return message(pack(0x65, pack(10, code), pack(4), pack(4, text))) end

local function extended(code) return pack(0x30, pack(2, "\2"), pack(0x78, pack(10, code), pack(4), pack(4))) end
local secure = message(pack(0x64, pack(4), pack(0x30, attribute("supportedExtension", "1.1", "1.3.6.1.4.1.1466.20037"))))

behaves("ldap", {
  { "a directory with TLS", {
    { asked }, secure .. done("\0", ""), { starttls }, extended "\0", { tls = { version = "TLSv1.3" } }, { unbind },
  }, sent = asked .. starttls .. peer.HELLO .. unbind, fields = {
    code = 0, extensions = { "1.1", "1.3.6.1.4.1.1466.20037" }, starttls_code = 0,
  } },
  { "a directory that has no certificate after all", { { asked }, secure .. done("\0", ""), { starttls }, extended "\52" },
    sent = asked .. starttls .. unbind, fields = {
      code = 0, extensions = { "1.1", "1.3.6.1.4.1.1466.20037" }, starttls_code = 52,
    } },
  { "a directory", {
    { asked }, message(pack(0x64, pack(4), pack(0x30, attribute("namingContexts", "dc=example", "cn=config"),
      attribute("supportedLDAPVersion", "3"), attribute("vendorName", "Example"), attribute("other", "x")))),
    done("\0", ""), { unbind },
  }, sent = asked .. unbind, fields = {
    code = 0, naming_contexts = { "dc=example", "cn=config" }, versions = { "3" }, vendor = "Example",
  } },
  { "Active Directory", {
    message(pack(0x64, pack(4), pack(0x30, attribute("dnsHostName", "dc1.example"), attribute("defaultNamingContext",
      "DC=example"), attribute("supportedSASLMechanisms", "GSSAPI", "GSS-SPNEGO")))) .. done("\0", ""),
  }, fields = {
    code = 0, host_name = "dc1.example", default_naming_context = "DC=example", sasl_mechanisms = { "GSSAPI", "GSS-SPNEGO" },
  } },
  { "a directory that wants a login", { done("\1", "authentication required") },
    fields = { code = 1, message = "authentication required" } },
  { "a notice of disconnection", { "\48\30\2\1\0\120\25\10\1\2\4\0\4\18invalid LDAP bytes" },
    fields = { code = 2, message = "invalid LDAP bytes" } },
  hostile = {
    { "words put before TLS", {
      { asked }, secure .. done("\0", ""), { starttls }, extended "\0" .. done("\0", "injected"),
      { tls = { version = "TLSv1.3" } },
    }, outcome = "tls" },
    { "a message of 4 GiB", { "\48\132\255\255\255\255" }, fields = {} },
    { "a length without end", { "\48\128\2\1\1" }, fields = {} },
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "an attribute that leaves its entry", { "\48\13\2\1\1\100\8\4\0\48\4\48\9\4\1" }, fields = {} },
    { "entries without end", { message(pack(0x64, pack(4), pack(0x30))):rep(20) }, fields = {} },
  },
})
