-- GNU lsh.
return {
  title = "GNU lsh", package = "lsh-server", tier = 2,
  start = [[
lsh-make-seed -q --sloppy -o seed
lsh-keygen --server -a rsa -l 2048 | lsh-writekey --server -o host_key
export LSH_YARROW_SEED_FILE=$run/seed
exec lshd -p 22 --interface=0.0.0.0 -h "$run/host_key" --no-pid-file
]],
  serves = { {
    service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
    fields = { software = { "lshd-$upstream" }, host_key_type = "ssh-rsa", host_key_proven = true },
  } },
}
