-- ZooKeeper: answers to four letter words (ZooKeeper Administrator's Guide).
return {
  protocol = "zookeeper", reference = "ZooKeeper Administrator's Guide", ports = { 2181 },
  starts = { "imok", "Zookeeper version: ", "This ZooKeeper", R "az", "clientPort=" },
  pattern = Ct("imok" * S "\r\n" ^ 0 * eos + "Zookeeper version: " * field("version", (1 - S ", \r\n") ^ 1)
    + "This ZooKeeper instance is not currently serving" + times(4, alpha)
      * " is not executed because it is not in the whitelist"),
  examples = {
    ["imok"] = {}, ["Zookeeper version: 3.8.99-abc, built on 2024\n"] = { version = "3.8.99-abc" },
    ["stat is not executed because it is not in the whitelist.\n"] = {},
  },
  not_this = { "ruok", "stat" },
}
