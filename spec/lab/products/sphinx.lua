-- Sphinx: MySQL's protocol in front of an index.
return {
  title = "Sphinx", package = "sphinxsearch", tier = 2,
  start = [[
mkdir data
cat > sphinx.conf <<CONF
index lab {
  type = rt
  path = $run/data/lab
  rt_field = text
  rt_attr_uint = number
}
searchd {
  listen = 0.0.0.0:9306:mysql41
  log = $run/log
  pid_file = $run/pid
  binlog_path =
}
CONF
exec searchd --nodetach -c "$run/sphinx.conf"
]],
  serves = { {
    service = "mysql", port = 9306, ways = { "wait", "http", "tls", "newlines" }, fields = { version = { "$upstream" } },
  } },
}
