-- xinetd's internal services, unpacked: it conflicts with other inetds.
return {
  title = "xinetd", package = "xinetd", unpack = { "xinetd" }, tier = 2,
  start = [[
{
  printf 'defaults\n{\n instances = UNLIMITED\n per_source = UNLIMITED\n cps = 10000 1\n}\n'
  for service in echo daytime chargen time; do
    printf 'service %s\n{\n id = %s\n type = INTERNAL\n socket_type = stream\n' $service $service
    printf ' protocol = tcp\n user = root\n wait = no\n}\n'
  done
} > xinetd.conf
exec xinetd -dontfork -f "$run/xinetd.conf" -pidfile "$run/pid"
]],
  serves = {
    { service = "echo", port = 7, ways = { http = "unidentified", tls = "unidentified", newlines = "unidentified" } },
    { service = "daytime", port = 13, ways = { "wait", "http", "tls", "newlines" } },
    { service = "chargen", port = 19, ways = { "wait", "http", "tls", "newlines" } },
    { service = "time", port = 37, ways = { "wait", "http", "tls", "newlines" } },
  },
}
