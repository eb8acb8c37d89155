-- Tomcat: HTTP and AJP.
return {
  title = "Tomcat", package = "tomcat10", packages = { "openjdk-17-jre-headless" }, tier = 2,
  start = [[
mkdir -p conf webapps/ROOT logs temp work
echo '<!doctype html><title>Sonde lab</title>' > webapps/ROOT/index.html
cp /etc/tomcat10/web.xml conf/
cat > conf/server.xml <<CONF
<Server port="-1">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1"/>
    <Connector port="8009" protocol="AJP/1.3" address="0.0.0.0" secretRequired="false"/>
    <Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine>
  </Service>
</Server>
CONF
export CATALINA_HOME=/usr/share/tomcat10 CATALINA_BASE=$run JAVA_OPTS=-Xmx96m
exec /usr/share/tomcat10/bin/catalina.sh run
]],
  serves = {
    { service = "http", port = 8080, ways = { "http", "tls" }, fields = { title = "Sonde lab" } },
    { service = "ajp", port = 8009, ways = {}, fields = { pong = true } },
  },
}
