-- ejabberd: XMPP.
return {
  title = "ejabberd", package = "ejabberd", tier = 2,
  start = [[
mkdir spool log
cat > ejabberd.yml <<CONF
hosts: [lab.example]
loglevel: warning
certfiles: [$run/all.pem]
listen:
  - { port: 5222, ip: "0.0.0.0", module: ejabberd_c2s, starttls: true }
CONF
cat "$key" "$certificate" > all.pem
chown -R ejabberd: .
export EJABBERD_CONFIG_PATH=$run/ejabberd.yml LOGS_DIR=$run/log SPOOL_DIR=$run/spool HOME=$run
exec setpriv --reuid=ejabberd --regid=ejabberd --init-groups erl -noinput -sname ejabberd@localhost \
  -mnesia dir "\"$run/spool\"" \
  -pa /usr/lib/x86_64-linux-gnu/ejabberd*/ebin \
  -ejabberd config "\"$run/ejabberd.yml\"" log_path "\"$run/log/ejabberd.log\"" -s ejabberd
]],
  serves = { {
    service = "xmpp", port = 5222, ways = { "http", "tls" }, fields = { error = "host-unknown", version = "1.0" },
  } },
}
