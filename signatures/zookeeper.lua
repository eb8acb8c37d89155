-- ZooKeeper: answers to four letter words (ZooKeeper Administrator's Guide).
return {
  protocol = "zookeeper", reference = "ZooKeeper Administrator's Guide", ports = { 2181 },
  starts = { "imok", "Zookeeper version: ", "This ZooKeeper", R "az", "clientPort=", "Environment:",
    "\0\0\0" * S "\36\37" * "\0\0\0\0" }, first = R "az" + S "ZTE\0",
  pattern = Ct("imok" * S "\r\n" ^ 0 * eos + "Zookeeper version: " * field("version", (1 - S ", \r\n") ^ 1)
    + "This ZooKeeper instance is not currently serving" + times(4, alpha)
      * " is not executed because it is not in the whitelist"
    + "Environment:\nzookeeper.version=" * field("version", (1 - S ", \r\n") ^ 1) + "clientPort=" * digits * crlf * "dataDir="
    -- ConnectResponse of the binary protocol
    + "\0\0\0" * all_be(1, 0, 36, 37) * "\0\0\0\0" * be(4, 0, 3600000) * P(8) * "\0\0\0\16" * P(16)),
  examples = {
    ["\0\0\0\37\0\0\0\0\0\0\39\16" .. ("s"):rep(8) .. "\0\0\0\16" .. ("p"):rep(16) .. "\0"] = {},
    ["Environment:\nzookeeper.version=3.8.99--1, built on 2024\n"] = { version = "3.8.99--1" },
    ["imok"] = {}, ["Zookeeper version: 3.8.99-abc, built on 2024\n"] = { version = "3.8.99-abc" },
    ["stat is not executed because it is not in the whitelist.\n"] = {},
  },
  not_this = { "ruok", "stat" },
}
