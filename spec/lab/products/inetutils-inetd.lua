-- The small services that inetd has built in.
return {
  title = "GNU inetutils inetd", package = "inetutils-inetd", tier = 1,
  start = [[
for service in echo discard chargen daytime time; do
  echo "$service stream tcp nowait root internal"
done > inetd.conf
echo "qotd stream tcp nowait nobody /bin/echo echo 'The lab has no fortune.'" >> inetd.conf
exec inetutils-inetd --debug --rate=100000 --pidfile=pid inetd.conf
]],
  serves = {
    -- Their own bytes are no proof of what has sent them: they have no name.
    { service = "echo", port = 7, ways = { http = "unidentified", tls = "unidentified", newlines = "unidentified" } },
    { service = "discard", port = 9, handshake = false, ways = {} },
    {
      service = "qotd", port = 17, ways = { "wait", "http", "tls", "newlines" },
      fields = { quote = { "The lab has no fortune." } },
    },
    { service = "chargen", port = 19, ways = { "wait", "http", "tls", "newlines" } },
    {
      service = "daytime", port = 13, ways = { "wait", "http", "tls", "newlines" },
      fields = { date = { "$(date '+%a %b')" } },
    },
    { service = "time", port = 37, ways = { "wait", "http", "tls", "newlines" } },
  },
}
