-- Apache Traffic Server, without anything behind it.
return {
  title = "Apache Traffic Server", package = "trafficserver", tier = 2,
  start = [[
mkdir -p conf log run cache
cp -r /etc/trafficserver/. conf/
printf 'CONFIG %s\n' 'proxy.config.http.server_ports STRING 8080' 'proxy.config.log.logging_enabled INT 0' \
  "proxy.config.admin.user_id STRING #-1" "proxy.config.local_state_dir STRING $run/run" >> conf/records.config
: > conf/storage.config
export TS_ROOT=$run PROXY_CONFIG_CONFIG_DIR=$run/conf
export PROXY_CONFIG_LOCAL_STATE_DIR=$run/run PROXY_CONFIG_LOG_LOGFILE_DIR=$run/log
exec traffic_server
]],
  serves = { {
    service = "http", port = 8080, ways = { "http", "tls", "newlines" },
    fields = {
      server = { "ATS/$(traffic_server --version 2>&1 | sed -n 's/^Traffic Server \\([0-9.]*\\) .*/\\1/p')" },
    },
  } },
}
