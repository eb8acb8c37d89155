-- InfluxDB (API reference, "/ping"): asks for /ping, which is there to be asked and answers in its headers.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"

local influxdb = {
  name = "influxdb", service = "http", ports = { 8086 }, first = "client", timeout = 8,
  fields = {
    status = "status code (number)", version = "server version", build = "e.g. OSS or ENT",
  },
}

function influxdb.handshake(conn, record)
  http_client.send(conn, "GET", "/ping")
  local head = http_client.receive_head(conn)
  local version, build = head.headers["x-influxdb-version"], head.headers["x-influxdb-build"]
  expect(version or build, "no InfluxDB")
  record.status, record.version, record.build = head.status, version, build
end

return influxdb
