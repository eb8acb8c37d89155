-- etcd (operations guide, "Monitoring etcd"): asks for /version, which needs no authentication.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"
local text = require "sonde.text"

local etcd = {
  name = "etcd", service = "http", ports = { 2379 }, first = "client", timeout = 8,
  fields = { version = "version of the server", cluster_version = "version that the cluster agrees on" },
}

function etcd.handshake(conn, record)
  http_client.send(conn, "GET", "/version")
  http_client.receive_body(conn, http_client.receive_head(conn), function(body)
    record.version = text.member(body, "etcdserver")
    record.cluster_version = text.member(body, "etcdcluster")
    return record.version and record.cluster_version
  end)
  expect(record.version, "no etcd")
end

return etcd
