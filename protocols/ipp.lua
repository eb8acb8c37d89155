-- IPP (RFC 8010; RFC 8011 section 4.2.5): asks for two attributes of the printer at "/", which prints and changes nothing.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"
local messages = require "sonde.ipp_messages"

local ipp = {
  name = "ipp", ports = { 631 }, first = "client", timeout = 8,
  fields = {
    status = "HTTP's status code (number)", server = "the Server header", protocol_version = "e.g. 1.1",
    status_code = "IPP's, 0: successful, 1030: not found (number)", message = "IPP's status in words",
    make_and_model = "of the printer", versions = "of IPP (list of strings)",
  },
}

local LIST_MAX = 16
local ATTRIBUTES = { "printer-make-and-model", "ipp-versions-supported" }

local learn = {}

learn["status-message"] = function(record, value) record.message = value end
learn["printer-make-and-model"] = function(record, value) record.make_and_model = value end

learn["ipp-versions-supported"] = function(record, value)
  record.versions = record.versions or {}
  if #record.versions < LIST_MAX then table.insert(record.versions, value) end
end

function ipp.handshake(conn, record)
  local host = conn.host:find(":", 1, true) and "[" .. conn.host .. "]" or conn.host
  http_client.send(conn, "POST", "/", { body = messages.request(host, ATTRIBUTES), type = "application/ipp" })
  local head = http_client.receive_head(conn)
  expect((head.headers["content-type"] or ""):lower():find("^application/ipp"), "no IPP")
  record.status, record.server = head.status, head.headers.server
  local body = http_client.receive_body(conn, head)
  local version, code, position = messages.head(body)
  record.protocol_version, record.status_code = version, code
  for name, value in messages.attributes(body, position) do
    if learn[name] then learn[name](record, value) end
  end
end

return ipp
