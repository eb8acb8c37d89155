# Postfix: the SMTP server only, with its own queue directory; it can deliver nowhere.
. "$(dirname "$0")/../lab_common.sh"

mkdir -p "$run/etc" "$run/queue" "$run/data" "$run/log"
chown postfix "$run/data"
cat > "$run/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $run/queue
data_directory = $run/data
maillog_file = $run/log/mail.log
maillog_file_prefixes = $run/log
myhostname = mail.lab.example
mydestination =
inet_interfaces = all
inet_protocols = all
alias_maps =
alias_database =
default_transport = error
relay_transport = error
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
CONF
cat > "$run/etc/master.cf" <<CONF
$(lab_sockets smtp | sed 's/$/ inet n - n - - smtpd/')
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
cleanup unix n - n - 0 cleanup
rewrite unix - - n - - trivial-rewrite
error unix - - n - - error
proxymap unix - - n - - proxymap
CONF
postfix -c "$run/etc" check
daemons=$(postconf -c "$run/etc" -h daemon_directory)
exec "$daemons/master" -c "$run/etc" -d
