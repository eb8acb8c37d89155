-- Yaws: HTTP by Erlang.
return {
  title = "Yaws", package = "yaws", tier = 2,
  start = [[
mkdir -p site logs
echo '<!doctype html><title>Sonde lab</title>' > site/index.html
cat > yaws.conf <<CONF
logdir = $run/logs
ebin_dir = $run
include_dir = $run
<server lab.example>
  port = 80
  listen = 0.0.0.0
  docroot = $run/site
</server>
CONF
yaws -D --conf "$run/yaws.conf"
exec sleep infinity
]],
  serves = { {
    service = "http", port = 80, ways = { "http" },
    fields = { server = "Yaws ${upstream%+*}", title = "Sonde lab" },
  } },
}
