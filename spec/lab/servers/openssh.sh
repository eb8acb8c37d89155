# OpenSSH, with a host key made for the run and nobody who could log in.
. "$(dirname "$0")/../lab_common.sh"

mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N "" -f "$run/host_key"
cat > "$run/sshd_config" <<CONF
$(lab_sockets ssh | sed 's/^/ListenAddress /')
HostKey $run/host_key
PidFile none
UsePAM no
PasswordAuthentication no
# The default drops connections at random from the tenth unauthenticated one on.
MaxStartups 4096
CONF
exec "$(command -v sshd)" -D -e -f "$run/sshd_config"
