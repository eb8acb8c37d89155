-- GNU Dico, unpacked: it conflicts with dictd.
return {
  title = "GNU Dico", package = "dicod", packages = { "libdico2" }, unpack = { "dicod" }, tier = 2,
  start = [[
printf 'listen (0.0.0.0:2628);\nserver-info "Sonde lab";\nhostname dicod.lab.example;\n' > dicod.conf
exec dicod --config="$run/dicod.conf" --foreground --stderr
]],
  serves = { { service = "dict", port = 2628, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
