-- Samba's file server, without printers or shares.
return {
  title = "Samba", package = "samba", tier = 1,
  start = [[
mkdir private state cache lock
cat > smb.conf <<CONF
[global]
netbios name = LAB
server role = standalone server
disable netbios = no
smb ports = 445 139
load printers = no
printing = bsd
printcap name = /dev/null
private dir = $run/private
state directory = $run/state
cache directory = $run/cache
lock directory = $run/lock
pid directory = $run
ncalrpc dir = $run/ncalrpc
log file = $run/log
logging = file
CONF
exec smbd -F --no-process-group -s "$run/smb.conf"
]],
  serves = {
    {
      service = "smb", port = 445, ways = {},
      fields = { dialect = "3.1.1", signing = "enabled", server_guid = "6c616200000000000000000000000000" },
    },
    { service = "smb", port = 139, ways = {}, fields = { dialect = "3.1.1" } },
  },
}
