-- ZooKeeper alone.
return {
  title = "ZooKeeper", package = "zookeeper", packages = { "openjdk-17-jre-headless" }, tier = 2,
  start = [[
cat > zoo.cfg <<CONF
tickTime=2000
dataDir=$run
clientPort=2181
admin.enableServer=false
4lw.commands.whitelist=*
CONF
exec java -Xmx96m -cp '/etc/zookeeper/conf:/usr/share/java/*' org.apache.zookeeper.server.quorum.QuorumPeerMain zoo.cfg
]],
  serves = { {
    service = "zookeeper", port = 2181, ways = {}, fields = { version = { "$upstream" }, mode = "standalone" },
  } },
}
