# Dovecot: the IMAP and POP3 login services, without TLS and without a mailbox.
. "$(dirname "$0")/../lab_common.sh"

listen() {
  lab_listeners "$1" | awk -v name="$1" '{ printf "  inet_listener %s_%d {\n    address = %s\n    port = %s\n  }\n", name, NR, $1, $2 }'
}

# The listeners of the default ports are there unless they are set to port 0.
cat > "$run/dovecot.conf" <<CONF
base_dir = $run/base
state_dir = $run/state
instance_name = lab
log_path = /dev/stderr
protocols = imap pop3
ssl = no
listen = 127.0.0.1
mail_location = mbox:$run/mail
default_client_limit = 4096
passdb {
  driver = static
  args = nopassword=n
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$run
}
service imap-login {
  service_count = 0
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = 0
  }
$(listen imap)
}
service pop3-login {
  service_count = 0
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    port = 0
  }
$(listen pop3)
}
CONF
exec dovecot -F -c "$run/dovecot.conf"
