-- vsftpd.
return {
  title = "vsftpd", package = "vsftpd", tier = 1,
  start = [[
mkdir empty
cat > vsftpd.conf <<CONF
listen=YES
background=NO
anonymous_enable=YES
anon_root=$run/empty
secure_chroot_dir=$run/empty
xferlog_enable=NO
CONF
exec vsftpd "$run/vsftpd.conf"
]],
  serves = {
    {
      service = "ftp", port = 21, ways = { "wait", "http", "tls", "newlines" },
      fields = {
        code = 220, banner = "(vsFTPd $upstream)", product = "vsFTPd", version = "$upstream", feat_code = 211,
      },
    },
    { service = "ftp", port = 21, handshake = "newlines50" },
  },
}
