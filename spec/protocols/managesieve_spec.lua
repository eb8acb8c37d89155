local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("managesieve", {
  { "the server of RFC 5804 section 1.8", {
    '"IMPLEMENTATION" "Example1 ManageSieved v001"\r\n"SASL" "DIGEST-MD5 GSSAPI"\r\n"SIEVE" "fileinto vacation"\r\n' ..
      '"STARTTLS"\r\n"NOTIFY" "xmpp mailto"\r\n"MAXREDIRECTS" "5"\r\n"VERSION" "1.0"\r\nOK\r\n',
    { "STARTTLS\r\n" }, 'OK "Begin TLS negotiation now."\r\n', { tls = { version = "TLSv1.2" } },
    '"IMPLEMENTATION" "Example1"\r\n"SASL" "PLAIN"\r\nOK\r\n', { "LOGOUT\r\n" },
  }, sent = "STARTTLS\r\n" .. peer.HELLO .. "LOGOUT\r\n", fields = {
    implementation = "Example1 ManageSieved v001", sasl = { "DIGEST-MD5", "GSSAPI" },
    extensions = { "fileinto", "vacation" }, starttls = true, version = "1.0", status = "OK", banner = "",
    starttls_status = "OK", tls_sasl = { "PLAIN" },
  } },
  { "a server without TLS", { '"Implementation" "x"\r\n"SASL" ""\r\nOK "Dovecot ready."\r\n' },
    fields = { implementation = "x", starttls = false, status = "OK", banner = "Dovecot ready." } },
  { "a server that is gone", { 'BYE "Too many connections"\r\n' }, fields = { status = "BYE", banner = "Too many connections" } },
  hostile = {
    { "words put before TLS", {
      '"STARTTLS"\r\nOK\r\n', { "STARTTLS\r\n" }, 'OK\r\n"SASL" "PLAIN"\r\n', { tls = { version = "TLSv1.2" } },
    }, outcome = "tls" },
    { "capabilities without end", { ('"A" "b"\r\n'):rep(60) }, fields = {} },
    { "a line that never ends", { '"' .. ("x"):rep(5000) }, outcome = "overflow", fields = {} },
    { "another word", { "OKAY\r\n" }, fields = {} },
  },
})
