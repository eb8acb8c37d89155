-- tgt: iSCSI without a target.
return {
  title = "tgt", package = "tgt", tier = 2,
  start = [[exec tgtd -f --iscsi portal=0.0.0.0:3260]],
  serves = { { service = "iscsi", port = 3260, handshake = false, ways = {} } },
}
