-- Bitcoin and coins built on it: a peer's version message (Bitcoin developer reference, P2P network).
local network = P "\249\190\180\217" * set("network", "bitcoin") + "\11\17\9\7" * set("network", "bitcoin testnet")
  + "\251\192\182\219" * set("network", "litecoin") + "\192\192\192\192" * set("network", "dogecoin")
  + "\36\233\39\100" * set("network", "zcash") + "\191\12\107\189" * set("network", "dash")
local head = "version\0\0\0\0\0" * le(4, 85, 1024) * P(4)

return {
  protocol = "bitcoin", reference = "Bitcoin P2P network", ports = { 8333, 18333, 9333 },
  starts = { P(4) * R "az" ^ 2 }, first = "\249\11\251\192\36\191",
  pattern = Ct(network * ((head - head * P(80) * P(1) * "/Sonde") * le_number("version", 4, 209, 100000)
      * P(76) * Cg(counted_be(1, printable), "product")
    + "reject\0\0\0\0\0\0" + "verack\0\0\0\0\0\0"
    + (P "inv" + "ping" + "pong" + "addr" + "headers" + "getheaders" + "getaddr" + "getdata" + "getblocks" + "block" + "tx"
      + "alert" + "sendcmpct" + "sendheaders" + "sendaddrv2" + "feefilter" + "wtxidrelay") * "\0")),
  examples = {
    ["\249\190\180\217inv\0\0\0\0\0\0\0\0\0\37\0\0\0\1\2\3\4"] = { network = "bitcoin" },
    ["\249\190\180\217version\0\0\0\0\0\102\0\0\0\1\2\3\4\127\17\1\0" .. ("\0"):rep(76) .. "\16/Example:27.9.9/\0\0\0\0\1"] = {
      network = "bitcoin", version = 70015, product = "/Example:27.9.9/",
    },
  },
  not_this = { "\249\190\180\217version\0\0\0\0\0\94\0\0\0\1\2\3\4\127\17\1\0" .. ("\0"):rep(76) .. "\9/Sonde:1/\0\0\0\0\1" },
}
