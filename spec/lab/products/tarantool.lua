-- Tarantool.
return {
  title = "Tarantool", package = "tarantool", tier = 2,
  start = [[
echo "box.cfg{listen='0.0.0.0:3301', memtx_memory=33554432, log_level=2}" > lab.lua
exec tarantool lab.lua
]],
  serves = { {
    service = "tarantool", port = 3301, handshake = false, ways = { "wait", "http", "tls", "newlines" },
  } },
}
