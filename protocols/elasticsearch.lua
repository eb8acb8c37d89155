-- Elasticsearch and OpenSearch (REST API reference, "Cluster info"): asks for "/", which names version and cluster.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"
local text = require "sonde.text"
local member = text.member

local elasticsearch = {
  name = "elasticsearch", service = "http", ports = { 9200 }, first = "client", timeout = 8,
  fields = {
    status = "status code (number)", version = "server version", cluster_name = "name of the cluster",
    node = "name of the node", distribution = "e.g. opensearch", lucene_version = "version of Lucene",
    error = "why it does not say, e.g. security_exception",
  },
}

-- With the security plugin on, these do not say more than a realm.
local DISTRIBUTIONS = { OpenSearch = "opensearch", ["Open Distro"] = "opendistro" }

function elasticsearch.handshake(conn, record)
  http_client.send(conn, "GET", "/")
  local head = http_client.receive_head(conn)
  local known = head.headers["x-elastic-product"] == "Elasticsearch"
  local function identify()
    known, record.status = true, head.status
  end
  local realm = (head.headers["www-authenticate"] or ""):match 'realm="(%a+ ?%a+) Security"'
  known = known or DISTRIBUTIONS[realm] ~= nil
  if known then identify() end
  record.distribution = DISTRIBUTIONS[realm]
  http_client.receive_body(conn, head, function(body)
    local version, tagline = member(body, "number"), member(body, "tagline") or ""
    local ours = tagline:find("for Search", 1, true) or tagline:find("OpenSearch", 1, true)
    if member(body, "type") == "security_exception" or ours and version then identify() end
    if not known then return false end
    record.version, record.cluster_name = version, member(body, "cluster_name")
    local node = body:match '^%s*{%s*"name"%s*:%s*"()'
    record.node = node and text.json(body, node)
    record.distribution = member(body, "distribution") or record.distribution
    record.lucene_version = member(body, "lucene_version")
    record.error = head.status >= 400 and member(body, "type") or nil
    return tagline ~= ""
  end)
  expect(known, "no Elasticsearch")
end

return elasticsearch
