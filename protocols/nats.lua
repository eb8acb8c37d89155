-- NATS (NATS client protocol, "INFO"): the server introduces itself at once, in JSON. Sends nothing.
local expect = require "sonde.expect"
local text = require "sonde.text"

local nats = {
  name = "nats", ports = { 4222 }, first = "server", timeout = 5,
  fields = {
    version = "server version", server_name = "the name it was given", go_version = "Go's version",
    cluster = "name of the cluster", auth_required = "whether it wants a login (boolean)",
    tls_required = "whether it goes on in TLS only (boolean)", jetstream = "whether it keeps messages (boolean)",
    max_payload = "bytes of the largest message (number)", error = "what it says instead",
  },
}

local INFO_MAX = 32768
local TEXTS = { version = "version", server_name = "server_name", go = "go_version", cluster = "cluster" }
local SWITCHES = { "auth_required", "tls_required", "jetstream" }

function nats.handshake(conn, record)
  local mark = conn:peek(5)
  expect(mark == "INFO " or mark == "-ERR ", "no INFO")
  local line = conn:receive_line(INFO_MAX)
  record.error = line:match "^%-ERR '(.*)'"
  if record.error then return end
  local info = expect(line:match "^INFO ({.*})", "no INFO")
  for name, field in pairs(TEXTS) do record[field] = text.member(info, name) end
  for _, name in ipairs(SWITCHES) do record[name] = info:find('"' .. name .. '":true', 1, true) ~= nil end
  record.max_payload = tonumber(info:match '"max_payload":(%d%d?%d?%d?%d?%d?%d?%d?%d?%d?),?')
end

return nats
