local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

local open = "<?xml version='1.0'?><stream:stream to='198.18.0.7' version='1.0' xmlns='jabber:client' " ..
  "xmlns:stream='http://etherx.jabber.org/streams'>"

local starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

behaves("xmpp", {
  { "the server of RFC 6120 section 9.1.1", {
    { open }, "<stream:stream\n     from='im.example.com'\n     id='t7AMCin9zjMNwQKDnplntZPIDEI='\n     version='1.0'\n" ..
      "     xml:lang='en'\n     xmlns='jabber:client'\n     xmlns:stream='http://etherx.jabber.org/streams'>\n" ..
      "<stream:features>\n     <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>\n       <required/>\n     </starttls>\n" ..
      "   </stream:features>", { starttls }, "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    { tls = { version = "TLSv1.3" } }, { open },
    "<stream:stream from='im.example.com' version='1.0'><stream:features><mechanisms><mechanism>PLAIN</mechanism>" ..
      "</mechanisms></stream:features>", { "</stream:stream>" },
  }, sent = open .. starttls .. peer.HELLO .. open .. "</stream:stream>", fields = {
    host = "im.example.com", version = "1.0", starttls = true, proceeds = true, mechanisms = { "PLAIN" },
  } },
  { "a server that changes its mind", {
    "<stream:stream from='d'><stream:features><starttls/></stream:features>", { #open }, { starttls },
    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
  }, fields = { host = "d", starttls = true, proceeds = false } },
  { "a server with mechanisms", {
    "<?xml version=\"1.0\"?><stream:stream from=\"a\" id='1'><stream:features><mechanisms xmlns='x'>" ..
      "<mechanism>SCRAM-SHA-1</mechanism><mechanism>PLAIN</mechanism></mechanisms></stream:features>",
  }, fields = { host = "a", mechanisms = { "SCRAM-SHA-1", "PLAIN" } } },
  { "a server that does not host us", {
    "<?xml version='1.0'?><stream:stream from='b' id='2'><stream:error><host-unknown xmlns='x'/></stream:error>",
  }, fields = { host = "b", error = "host-unknown" } },
  { "a stream without features", { "<stream:stream from='c'><stream:features/>" }, fields = { host = "c" } },
  hostile = {
    { "words put before TLS", {
      "<stream:stream from='d'><stream:features><starttls/></stream:features>", { #open }, { starttls },
      "<proceed/><stream:features/>", { tls = { version = "TLSv1.3" } },
    }, outcome = "tls" },
    { "tags without end", { ("<a>"):rep(200) }, fields = {} },
    { "a tag that never ends", { "<" .. ("x"):rep(3000) }, outcome = "overflow", fields = {} },
    { "features without a stream", { "<stream:features/>" }, fields = {} },
  },
})
