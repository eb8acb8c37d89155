-- rpcbind: the port mapper.
return {
  title = "rpcbind", package = "rpcbind", tier = 1,
  start = [[exec rpcbind -f -w]],
  serves = { { service = "rpc", port = 111, ways = {}, fields = { accepted = true, program = 100000 } } },
}
