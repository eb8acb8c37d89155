-- Ident (RFC 1413 section 4): asks for the owner of a connection that there is none of, from its own port to port 1.
local expect = require "sonde.expect"

local ident = {
  name = "ident", ports = { 113 }, first = "client", timeout = 5,
  fields = { error = "e.g. NO-USER", system = "operating system, where an owner is named" },
}

function ident.handshake(conn, record)
  conn:send(conn.port .. ", 1\r\n")
  local kind, text = conn:receive_line(1024):match "^ *%d+ *, *%d+ *: *(%a+) *: *([^ :,]+)"
  kind = kind and kind:upper()
  expect(kind == "ERROR" or kind == "USERID", "no answer of ident")
  record[kind == "ERROR" and "error" or "system"] = text
end

return ident
