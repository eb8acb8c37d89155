-- Kubernetes API server (API overview, "/version"): asks for /version; a refusal is a Status object and tells as much.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"
local member = require("sonde.text").member

local kubernetes = {
  name = "kubernetes", ports = { 8001 }, tls_ports = { 6443 }, first = "client", timeout = 8,   -- 8001: of kubectl proxy
  fields = {
    status = "status code (number)", version = "e.g. v1.29.1", platform = "e.g. linux/amd64",
    go_version = "Go's version", message = "why it does not say", reason = "the refusal in one word",
  },
}

function kubernetes.handshake(conn, record)
  http_client.send(conn, "GET", "/version")
  local head = http_client.receive_head(conn)
  http_client.receive_body(conn, head, function(body)
    local refused = member(body, "kind") == "Status" and member(body, "apiVersion")
    if not refused and not member(body, "gitVersion") then return false end
    record.status, record.version = head.status, member(body, "gitVersion")
    record.platform, record.go_version = member(body, "platform"), member(body, "goVersion")
    if refused then record.message, record.reason = member(body, "message"), member(body, "reason") end
    return record.platform or record.reason
  end)
  expect(record.status, "no Kubernetes")
end

return kubernetes
