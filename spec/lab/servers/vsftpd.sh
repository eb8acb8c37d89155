# vsftpd: it listens at one address and port only, so there is one process for each.
. "$(dirname "$0")/../lab_common.sh"

mkdir -p "$run/empty"
while read -r address port; do
  case $address in
    *:*) listen="listen=NO
listen_ipv6=YES
listen_address6=$address" ;;
    *) listen="listen=YES
listen_ipv6=NO
listen_address=$address" ;;
  esac
  conf=$run/$address-$port.conf
  cat > "$conf" <<CONF
$listen
listen_port=$port
background=NO
anonymous_enable=YES
anon_root=$run/empty
secure_chroot_dir=$run/empty
xferlog_enable=NO
CONF
  vsftpd "$conf" &
done < <(lab_listeners ftp)
wait
