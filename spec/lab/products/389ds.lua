-- 389 Directory Server with an empty directory.
return {
  title = "389 Directory Server", package = "389-ds-base", tier = 2,
  start = [[
getent passwd dirsrv > /dev/null || echo "dirsrv:x:497:497::$run:/bin/false" >> /etc/passwd
getent group dirsrv > /dev/null || echo "dirsrv:x:497:" >> /etc/group
mkdir -p /run/dirsrv /run/lock/dirsrv /etc/dirsrv /var/lib/dirsrv /var/log/dirsrv /etc/sysconfig
cat > lab.inf <<CONF
[general]
config_version = 2
full_machine_name = 389ds.lab.example
start = False
systemd = False
selinux = False
strict_host_checking = False
[slapd]
instance_name = lab
root_password = sonde-lab-sonde
self_sign_cert = False
[backend-userroot]
create_suffix_entry = True
suffix = dc=lab,dc=example
CONF
sed "s/with_systemd = .*/with_systemd = 0/" /usr/share/dirsrv/inf/defaults.inf > defaults.inf
mount --bind defaults.inf /usr/share/dirsrv/inf/defaults.inf
dscreate from-file lab.inf
touch configured
exec ns-slapd -D /etc/dirsrv/slapd-lab -d 0 -i "$run/pid"
]],
  -- It runs for its configuration as well, and listens while it does.
  ready = "test -e configured",
  serves = { {
    service = "ldap", port = 389, ways = {}, fields = { code = 0, vendor = { "389 Project" } },
  } },
}
