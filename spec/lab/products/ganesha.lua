-- NFS-Ganesha, an NFS server without a kernel's part.
return {
  title = "NFS-Ganesha", package = "nfs-ganesha", packages = { "nfs-ganesha-vfs", "rpcbind" }, tier = 2,
  start = [[
mkdir -p export /var/lib/nfs/ganesha /var/run/ganesha
rpcbind -f -w &
cat > ganesha.conf <<CONF
NFS_CORE_PARAM {
  NFS_Protocols = 3, 4;
  MNT_Port = 20048;
  Enable_NLM = false;
  Enable_RQUOTA = false;
}
NFSv4 { Graceless = true; RecoveryBackend = fs; }
EXPORT { Export_Id = 1; Path = $run/export; Pseudo = /lab; Access_Type = RO; FSAL { Name = VFS; } }
CONF
exec ganesha.nfsd -F -L STDERR -f "$run/ganesha.conf" -p "$run/pid"
]],
  serves = { { service = "rpc", port = 2049, ways = {} } },
}
