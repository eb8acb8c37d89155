-- IPP (RFC 8010; RFC 8011 section 4.2.5): asks for two attributes of the printer at "/", which prints and changes nothing.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local ipp = {
  name = "ipp", ports = { 631 }, first = "client", timeout = 8,
  fields = {
    status = "HTTP's status code (number)", server = "the Server header", protocol_version = "e.g. 1.1",
    status_code = "IPP's, 0: successful, 1030: not found (number)", message = "IPP's status in words",
    make_and_model = "of the printer", versions = "of IPP (list of strings)",
  },
}

local GET_PRINTER_ATTRIBUTES, OPERATION, END, LIST_MAX, ATTRIBUTES_MAX = 0x000B, 1, 3, 16, 64
local KEYWORD, URI, CHARSET, LANGUAGE = 0x44, 0x45, 0x47, 0x48

local function attribute(tag, name, value)
  return pack(">B s2 s2", tag, name, value)
end

local function request(host)
  return pack(">B B I2 I4 B", 1, 1, GET_PRINTER_ATTRIBUTES, 1, OPERATION) .. attribute(CHARSET, "attributes-charset", "utf-8") ..
    attribute(LANGUAGE, "attributes-natural-language", "en") .. attribute(URI, "printer-uri", "ipp://" .. host .. "/") ..
    attribute(KEYWORD, "requested-attributes", "printer-make-and-model") .. attribute(KEYWORD, "", "ipp-versions-supported") ..
    pack("B", END)
end

local learn = {}

learn["status-message"] = function(record, value) record.message = value end
learn["printer-make-and-model"] = function(record, value) record.make_and_model = value end

learn["ipp-versions-supported"] = function(record, value)
  record.versions = record.versions or {}
  if #record.versions < LIST_MAX then table.insert(record.versions, value) end
end

function ipp.handshake(conn, record)
  http_client.send(conn, "POST", "/", {
    body = request(conn.host:find(":", 1, true) and "[" .. conn.host .. "]" or conn.host), type = "application/ipp",
  })
  local head = http_client.receive_head(conn)
  expect((head.headers["content-type"] or ""):lower():find("^application/ipp"), "no IPP")
  record.status, record.server = head.status, head.headers.server
  local body = http_client.receive_body(conn, head)
  local major, minor, code, position = unpack(">B B I2 x4", body)
  record.protocol_version, record.status_code = major .. "." .. minor, code
  local name
  for _ = 1, ATTRIBUTES_MAX do
    local tag, start = unpack("B", body, position)
    if tag == END then return end
    position = start
    if tag > 0x0F then   -- section 3.5.1: below are the delimiters of groups; an empty name means one value more
      local given, value
      given, value, position = unpack(">s2 s2", body, position)
      name = given == "" and name or given
      if learn[name] then learn[name](record, value) end
    end
  end
end

return ipp
