-- ZooKeeper (ZooKeeper Administrator's Guide, "The Four Letter Words"): asks `srvr`, which alone is allowed by default.
local expect = require "sonde.expect"

local zookeeper = {
  name = "zookeeper", ports = { 2181 }, first = "client", timeout = 5,
  fields = {
    version = "server version", mode = "standalone, leader, follower or observer",
    connections = "open ones (number)", nodes = "count of nodes (number)", error = "why it does not say",
  },
}

local LINES_MAX = 24
local REFUSALS = { "is not executed because it is not in the whitelist", "not currently serving requests" }

local function refusal(line)
  for _, text in ipairs(REFUSALS) do
    if line:find(text, 1, true) then return line end
  end
end

function zookeeper.handshake(conn, record)
  conn:send "srvr"
  local line = conn:receive_line(256)
  record.error = refusal(line)
  if record.error then return end
  record.version = expect(line:match "^Zookeeper version: ([^%s,]+)", "no answer to srvr")
  for _ = 1, LINES_MAX do
    local name, value = conn:receive_line(256):match "^([%a ]+): (.*)$"
    if name == "Mode" then record.mode = value end
    if name == "Connections" then record.connections = tonumber(value:match "^%d+$") end
    if name == "Node count" then
      record.nodes = tonumber(value:match "^%d+$")
      return
    end
  end
  expect(false, "no end of the answer")
end

return zookeeper
