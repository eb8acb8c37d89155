-- Metrics as Prometheus reads them (Prometheus, "Exposition formats"): asks for /metrics, reads the first 64 kB.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"

local prometheus = {
  name = "prometheus", service = "http", first = "client", timeout = 8,
  ports = { 9090 },   -- not 9100: printers have it, and print
  fields = {
    content_type = "the Content-Type header", build = "what says its version, e.g. node_exporter", version = "the version",
    go_version = "Go's version", metrics = "names, as far as read, at most 64 (list of strings)",
  },
}

local METRICS_MAX, BODY_MAX = 64, 65536

-- Whole lines only, each looked at once.
local function learn_line(record, names, line)
  local name = line:match "^# TYPE ([%w_:]+) %l+$"
  if name and #names < METRICS_MAX then names[#names + 1] = name end
  local build = line:match "^([%w_:]+)_build_info{"
  if build then record.build, record.version = build, line:match '[{,]version="([^"]*)"' end
  record.go_version = record.go_version or line:match '^go_info{version="([^"]*)"}'
end

function prometheus.handshake(conn, record)
  http_client.send(conn, "GET", "/metrics")
  local head = http_client.receive_head(conn)
  expect(head.status == 200, "no metrics")
  local names, from = {}, 1
  http_client.receive_body(conn, head, function(body)
    local finish = body:find("\n", from, true)
    while finish do
      learn_line(record, names, body:sub(from, finish - 1))
      from = finish + 1
      finish = body:find("\n", from, true)
    end
    if names[1] then record.metrics, record.content_type = names, head.headers["content-type"] end
    return record.metrics and record.build and record.go_version
  end, BODY_MAX)
  expect(record.metrics, "no metrics")
end

return prometheus
