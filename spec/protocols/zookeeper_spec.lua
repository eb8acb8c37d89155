local behaves = require "spec.support.behaves"

local answer = "Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC\n" ..
  "Latency min/avg/max: 0/0.0/0\nReceived: 1\nSent: 0\nConnections: 1\nOutstanding: 0\n" ..
  "Zxid: 0x0\nMode: standalone\nNode count: 5\n"

behaves("zookeeper", {
  { "a server", { { "srvr" }, answer }, sent = "srvr", options = { ending = "close" }, fields = {
    version = "3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f", mode = "standalone", connections = 1, nodes = 5,
  } },
  { "one that may not say", { "srvr is not executed because it is not in the whitelist.\n" },
    fields = { error = "srvr is not executed because it is not in the whitelist." } },
  { "one without its quorum", { "This ZooKeeper instance is not currently serving requests\n" },
    fields = { error = "This ZooKeeper instance is not currently serving requests" } },
  hostile = {
    { "an answer without end", { "Zookeeper version: 3, built\n" .. ("A: b\n"):rep(30) }, fields = { version = "3" } },
    { "numbers that are none", { "Zookeeper version: 3, built\nConnections: 0x\nNode count: -\n" }, outcome = "done",
      fields = { version = "3" } },
    { "a line that never ends", { ("Zookeeper version: "):rep(20) }, outcome = "overflow", fields = {} },
  },
})
