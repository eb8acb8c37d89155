-- Servers written from the specifications of their protocols, one host each: 198.18.16.1 is the first of the list.
-- For protocols that no server of Debian speaks. Each server is a file in servers/, written from the document that its first
-- line names and without a look at protocols/, and strict: it takes what the document permits, and answers anything else as the
-- document says. What is true of it is in spec/specification/NAME.lua, held against it by spec/specification_servers_spec.lua.

-- The examples of their references: CouchDB's "/", Elasticsearch's "Get cluster info".
local COUCHDB = [[{
    "couchdb": "Welcome",
    "uuid": "85fb71bf700c17267fef77535820e371",
    "vendor": {
        "name": "The Apache Software Foundation",
        "version": "1.3.1"
    },
    "version": "1.3.1"
}
]]
local UBUNTU = COUCHDB:gsub('"1.3.1"', '"14.04"', 1):gsub("1%.3%.1", "1.6.1"):gsub("The Apache Software Foundation", "Ubuntu")
local ELASTICSEARCH = [[{
  "name" : "instance-0000000000",
  "cluster_name" : "my_test_cluster",
  "cluster_uuid" : "5QaxoN0pRZuOmWSxstBBwQ",
  "version" : {
    "build_date" : "2024-02-01T13:07:13.727175297Z",
    "minimum_wire_compatibility_version" : "7.17.0",
    "build_hash" : "6185ba65d27469afabc9bc951cded6c17c21e3f3",
    "number" : "8.12.1",
    "lucene_version" : "9.9.2",
    "minimum_index_compatibility_version" : "7.0.0",
    "build_flavor" : "default",
    "build_snapshot" : false,
    "build_type" : "docker"
  },
  "tagline" : "You Know, for Search"
}
]]
local OPENSEARCH = [[{
  "name" : "node-1",
  "cluster_name" : "opensearch-cluster",
  "version" : { "distribution" : "opensearch", "number" : "2.11.0", "lucene_version" : "9.7.0" },
  "tagline" : "The OpenSearch Project: https://opensearch.org/"
}
]]
local KUBERNETES = [[{
  "major": "1",
  "minor": "29",
  "gitVersion": "v1.29.1",
  "gitCommit": "bc401b91f2782410b3fb3f9acf43a995c4de90d2",
  "gitTreeState": "clean",
  "buildDate": "2024-01-17T15:41:12Z",
  "goVersion": "go1.21.6",
  "compiler": "gc",
  "platform": "linux/amd64"
}]]

-- Name, port, options, and how many of them where that is not one; in the order of names. A name may come again, with other
-- options: its truth has as many hosts.
local SERVERS = {
  { "adb", 5555, { identity = "device::ro.product.name=lamp;ro.product.model=Lamp_2;ro.product.device=lamp2;"
    .. "features=cmd,shell_v2" } },
  { "adb", 5555, { wants = "AUTH" } },
  { "adb", 5555, { wants = "STLS" } },
  { "bacnet", 47808, { instance = 1234, vendor = "Lamps & Sons" } },
  { "bacnet", 47808, { instance = 5 } },
  { "bacnet", 47808, { instance = 5, services = false } },
  { "banner", 9999, { text = "bridge controller 7, ready\r\nwater 3.20 m\r\n" } },
  { "banner", 9999, { text = "no line", leaves = true } },
  { "bitcoin", 8333, { agent = "/Satoshi:25.0.0/", height = 825000 } },
  { "cassandra", 9042 },
  { "cassandra", 9042, { version = 3 } },
  { "cassandra", 9042, { version = 2, oldest = 1 } },
  { "cassandra", 9042, { version = 1, oldest = 1 } },
  { "cassandra", 9042, { version = 5, wordy = true } },
  { "checkpoint", 264, { firewall = "gate1", management = "mgmt.example.k7f2qx" } },
  { "codesys", 2455, { os = "Nucleus PLUS", os_version = "Nucleus PLUS version unknown", product = "Lamp 750-881" } },
  { "codesys", 2455, { os = "Linux", os_version = "2.6.29", product = "Lamp 2", big = true } },
  { "couchbase", 11210, { version = "1.3.1" } },
  { "couchbase", 11210, { locked = true } },
  { "dnp3", 20000 },
  { "dnp3", 20000, { address = 1024, anonymous = false, supported = false } },
  { "enip", 44818, { address = "192.0.2.7", vendor = 9999, kind = 14, code = 65, major = 20, minor = 11, status = 0x30,
    serial = 0xC0FFEE, product = "A lamp", state = 3 } },
  { "enip", 44818, { lists = false } },
  { "fins", 9600, { node = 1 } },
  { "fins", 9600, { node = 1, full = true } },
  { "fox", 1911, { name = "hall", version = "4.9.0.198" } },
  { "fox", 1911, { name = "hall", version = "4.9.0.198", refuses = true } },
  { "h323", 1720, { state = 0 } },
  { "h323", 1720, { state = 10 } },
  { "http_api", 5984, { product = "couchdb", body = COUCHDB } },
  { "http_api", 5984, { product = "couchdb", body = UBUNTU } },
  { "http_api", 5984, { product = "couchdb", closed = true } },
  { "http_api", 2375, { product = "docker" } },
  { "http_api", 9200, { product = "elasticsearch", body = ELASTICSEARCH } },
  { "http_api", 9200, { product = "elasticsearch", closed = true } },
  { "http_api", 8545, { product = "ethereum", body = "Mist/v0.9.3/darwin/go1.4.1" } },
  { "http_api", 8545, { product = "ethereum", closed = true } },
  { "http_api", 8001, { product = "kubernetes", body = KUBERNETES } },
  { "http_api", 8001, { product = "kubernetes", closed = true, anonymous = true } },
  { "http_api", 8001, { product = "kubernetes", closed = true } },
  { "http_api", 9200, { product = "opensearch", body = OPENSEARCH } },
  { "http_api", 9200, { product = "opensearch", closed = true } },
  { "iec104", 2404, { address = 1 } },
  { "kafka", 9092 },
  { "kafka", 9092, { newest = 0, apis = "17:0-1 18:0-0 36:0-2" } },
  { "ldp", 646, { identifier = "192.0.2.9" } },
  { "minecraft", 25565 },
  { "minecraft", 25565, {
    status = '{"description":"\\u00a7aA \\"plain\\" {text}","players":{"max":20,"online":0},"version":' ..
      '{"protocol":47,"name":"1.8 \\"Bountiful\\""}}',
  } },
  { "minecraft", 25565, {
    status = '{ "favicon": "' .. ("A"):rep(20000) .. '", "version": { "name": "1.20", "protocol": 763 } }',
  } },
  { "mongodb", 27017, { set_name = "rs0" } },
  { "mongodb", 27017, { wire = 5, version = "3.4.24", router = true } },
  { "mongodb", 27017, { wire = 26, users = true } },
  { "mongodb", 27017, { wire = 7, version = "4.0.28", odd = true } },
  { "mssql", 1433 },
  { "mssql", 1433, { version = "16.0.1000.6", encryption = "off" } },
  { "mssql", 1433, { version = "10.50.6000.34", encryption = "not supported", mars = false } },
  { "mssql", 1433, { version = "8.0.341.0", encryption = "not supported", old = true } },
  { "mssql", 1433, { error = "f\0\252\0r\0 \0\61\216\0\222" } },
  { "neo4j", 7687 },
  { "neo4j", 7687, { versions = "4.4 4.3 4.2 4.1 4.0" } },
  { "neo4j", 7687, { versions = "1.0" } },
  { "neo4j", 7687, { versions = "4.0 3.0" } },
  { "opcua", 4840, { receive = 16384, send = 32768, message = 16777216, chunks = 5000 } },
  { "opcua", 4840, { busy = true } },
  { "oracle", 1521 },
  { "oracle", 1521, { answer = "resend" } },
  { "oracle", 1521, { answer = "redirect" } },
  { "oracle", 1521, { answer = "apart" } },
  { "oracle", 1521, { answer = "accept" } },
  { "rethinkdb", 28015 },
  { "rethinkdb", 28015, { old = true } },
  { "rmcp", 623, { enterprise = 4542 } },
  { "rmcp", 623, { enterprise = 343, ipmi = false } },
  { "rpc", 2049 },
  { "rpc", 2049, { lowest = 4 } },
  { "rpc", 2049, { verifier = "short" } },
  { "rpc", 2049, { program = 100005 } },
  { "rpc", 2049, { secure = true } },
  { "rpc", 2049, { another = true } },
  { "rpc", 111, { program = 100000, lowest = 2 } },
  { "s7", 102, { slot = 2, pdu = 240 } },
  { "s7", 102, { slot = 3, pdu = 240 } },
  { "s7", 102, { slot = 2, pdu = 240, refuses = true } },
  { "skinny", 2000 },
  { "skinny", 2000, { resets = true } },
  { "smpp", 2775, { system = "lamp", user = "SMPP3TEST", password = "secret08" } },
  { "smpp", 2775, { system = "lamp", user = "SMPP3TEST", password = "secret08", lenient = true } },
  { "ssl", 443, { ssl2 = true, newest = 0x300, suites = "0005 000a 002f" } },
  { "ssl", 443, { newest = 0x300, suites = "0005 000a 002f" } },
  { "ssl", 443, { newest = 0x301, suites = "0035 0003" } },
  { "ssl", 443, { newest = 0x303, suites = "009d 0035", protocol = "http/1.1" }, 10 },
  { "teamspeak", 10011 },
  { "teamspeak", 10011, { refuses = true } },
  { "teamspeak", 10011, { banned = true } },
  { "upnp", 49152, { name = "Lamp in the hall", model = "Lamp 7", server = "Linux/6.1 UPnP/1.1 Lampd/2.3" } },
  { "upnp", 49152, { plain = true, server = "Linux/6.1 UPnP/1.1 Lampd/2.3" } },
}

local kinds, networks = {}, {}
for _, server in ipairs(SERVERS) do
  for _ = 1, server[4] or 1 do
    local number = #networks + 1
    local kind = server[1] .. " " .. number
    kinds[kind] = { { service = server[1], ports = server[2], options = server[3] } }
    networks[number] = {
      prefix = "198.18.16." .. number .. "/32", density = 1, hosts = { [kind] = 1 }, rtt = { 0.02, 0.02 },
    }
  end
end

return { targets = { "198.18.16.1-198.18.16." .. #networks }, networks = networks, kinds = kinds }
