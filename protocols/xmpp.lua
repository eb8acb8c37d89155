-- XMPP (RFC 6120 section 4): opens a stream, reads the server's header and features; STARTTLS; closes it.
local expect = require "sonde.expect"
local words = require "sonde.words"
local xml = require "sonde.xml"

local xmpp = {
  name = "xmpp", ports = { 5222 }, tls_ports = { 5223 }, first = "client", timeout = 8,
  fields = {
    host = "the name it answers to", version = "e.g. 1.0", starttls = "whether TLS is offered (boolean)",
    proceeds = "whether TLS may begin, as the server says (boolean)",
    mechanisms = "for login (list of strings)", error = "name of a stream error",
  },
}

local TAGS_MAX, MECHANISMS_MAX = 128, 32
local learn = {}

learn["stream:stream"] = function(record, tag)
  record.host, record.version = xml.attribute(tag, "from"), xml.attribute(tag, "version")
end

function learn.starttls(record) record.starttls = true end

learn["/mechanism"] = function(record, tag)   -- text comes with the tag after it: "PLAIN</mechanism>"
  local before = table.concat(record.mechanisms or {}, " ")
  record.mechanisms = words.list(before .. " " .. (tag:match "^%s*([^%s<]+)" or ""), MECHANISMS_MAX)
end

local function receive_features(conn, record)
  conn:send("<?xml version='1.0'?><stream:stream to='", conn.host, "' version='1.0' xmlns='jabber:client' ",
    "xmlns:stream='http://etherx.jabber.org/streams'>")
  expect(conn:peek(1) == "<", "no XML")
  local opened, broken = false, false
  for _ = 1, TAGS_MAX do
    local tag, name = xml.receive_tag(conn)
    if broken then record.error = name end
    opened = opened or name == "stream:stream" or name == "stream:error"
    if opened and learn[name] then learn[name](record, tag) end
    if broken or name == "/stream:features" or name == "stream:features" and tag:sub(-2) == "/>" then
      return expect(opened, "no stream")
    end
    broken = name == "stream:error"
  end
  expect(false, "no features")
end

function xmpp.handshake(conn, record)
  receive_features(conn, record)
  if record.starttls then
    conn:send "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    record.proceeds = select(2, xml.receive_tag(conn)) == "proceed"
    if record.proceeds then
      conn:start_tls()
      receive_features(conn, record)
    end
  end
  conn:send "</stream:stream>"
end

return xmpp
