-- CouchDB (API reference, section "/"): asks for "/", where it says welcome and its version.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"
local member = require("sonde.text").member

local couchdb = {
  name = "couchdb", service = "http", ports = { 5984 }, first = "client", timeout = 8,
  fields = {
    status = "status code (number)", server = "the Server header", version = "server version", vendor = "who made it",
  },
}

function couchdb.handshake(conn, record)
  http_client.send(conn, "GET", "/")
  local head = http_client.receive_head(conn)
  local server = head.headers.server
  local known = server and server:find("CouchDB", 1, true)
  if known then record.status, record.server = head.status, server end
  http_client.receive_body(conn, head, function(body)
    known = known or member(body, "couchdb")
    if not known then return false end
    local vendor = body:match '"vendor"%s*:%s*(%b{})'   -- has a version as well
    record.status, record.server = head.status, server
    record.version = member(body:gsub('"vendor"%s*:%s*{[^{}]*}?', ""), "version")
    record.vendor = vendor and member(vendor, "name")
    return record.vendor and record.version
  end)
  expect(known, "no CouchDB")
end

return couchdb
