-- Jetty, with a page of its own.
return {
  title = "Jetty", package = "jetty9", packages = { "openjdk-17-jre-headless" }, tier = 2,
  start = [[
mkdir -p webapps/ROOT start.d
echo '<!doctype html><title>Sonde lab</title>' > webapps/ROOT/index.html
exec java -Xmx64m -jar /usr/share/jetty9/start.jar jetty.home=/usr/share/jetty9 jetty.base="$run" \
  --module=server,http,deploy jetty.http.port=8080
]],
  serves = { {
    service = "http", port = 8080, ways = { "http", "tls" },
    fields = { server = { "Jetty(${upstream%%-*}" }, title = "Sonde lab" },
  } },
}
