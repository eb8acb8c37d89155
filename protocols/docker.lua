-- Docker Engine (API reference, "Ping"): asks for /_ping, which does nothing but answer.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"

local docker = {
  name = "docker", service = "http", ports = { 2375 }, tls_ports = { 2376 }, first = "client", timeout = 8,
  fields = {
    status = "status code (number)", server = "the Server header, e.g. Docker/20.10.24 (linux)",
    api_version = "newest version of the API that it speaks", os = "the containers' operating system",
    builder_version = "e.g. 2: BuildKit", experimental = "whether such features are on (boolean)",
  },
}

function docker.handshake(conn, record)
  http_client.send(conn, "GET", "/_ping")
  local head = http_client.receive_head(conn)
  local headers = head.headers
  local server = headers.server or ""
  expect(headers["docker-experimental"] or headers["libpod-api-version"] or server:find "^Docker/", "no Docker")
  record.status, record.server, record.api_version = head.status, headers.server, headers["api-version"]
  record.os, record.builder_version = headers.ostype, headers["builder-version"]
  if headers["docker-experimental"] then record.experimental = headers["docker-experimental"] == "true" end
end

return docker
