-- ProFTPD's mod_sftp: an SSH server of its own, unpacked.
return {
  title = "ProFTPD mod_sftp", package = "proftpd-mod-crypto",
  packages = { "libhiredis0.14", "libmemcachedutil2", "libpcre2-posix3", "libsodium23" },
  unpack = { "proftpd-mod-crypto", "proftpd-core" }, tier = 2,
  start = [[
mkdir state
ssh-keygen -q -t rsa -b 2048 -m PEM -N "" -f host_key
cat > proftpd.conf <<CONF
LoadModule mod_tls.c
LoadModule mod_sftp.c
ServerName "Sonde lab"
ServerType standalone
Port 22
User nobody
Group nogroup
UseIPv6 off
PidFile $run/state/pid
ScoreboardFile $run/state/scoreboard
DelayTable none
SFTPEngine on
SFTPHostKey $run/host_key
CONF
exec proftpd -n -c "$run/proftpd.conf"
]],
  serves = { {
    service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
    fields = {
      software = { "mod_sftp" }, host_key_type = "ssh-rsa", host_key_proven = true,
      host_key_fingerprint = "$(ssh-keygen -l -f host_key.pub | cut -d' ' -f2)",
    },
  } },
}
