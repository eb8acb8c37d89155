-- BusyBox: httpd and telnetd.
return {
  title = "BusyBox", package = "busybox-static", tier = 2,
  start = [[
mkdir www
echo '<!doctype html><title>Sonde lab</title>' > www/index.html
printf '#!/bin/sh\nprintf "lab login: "\nexec cat\n' > login
chmod 755 login
busybox httpd -f -p 80 -h "$run/www" &
busybox telnetd -F -p 23 -l "$run/login" &
wait
]],
  serves = {
    { service = "http", port = 80, ways = { "http", "tls" }, fields = { title = "Sonde lab", status = 200 } },
    {
      service = "telnet", port = 23, ways = { "wait", "http", "tls", "newlines" },
      fields = { options = { any = true } },
    },
  },
}
