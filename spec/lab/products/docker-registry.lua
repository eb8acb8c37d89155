-- Docker's registry without an image.
return {
  title = "Docker Registry", package = "docker-registry", tier = 2,
  start = [[
mkdir data
printf 'version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: %s/data\nhttp:\n  addr: :5000\n' "$run" > registry.yml
exec docker-registry serve "$run/registry.yml"
]],
  serves = { { service = "http", port = 5000, ways = { "http", "tls", "newlines" }, fields = { status = 200 } } },
}
