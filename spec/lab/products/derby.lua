-- Apache Derby's network server: DRDA.
return {
  title = "Apache Derby", package = "libderby-java", packages = { "openjdk-17-jre-headless" }, tier = 2,
  start = [[
echo 'grant { permission java.security.AllPermission; };' > policy
exec java -Xmx64m -Dderby.system.home="$run" -Djava.security.policy="$run/policy" \
  -cp /usr/share/java/derby.jar:/usr/share/java/derbynet.jar:/usr/share/java/derbytools.jar \
  org.apache.derby.drda.NetworkServerControl start -h 0.0.0.0 -p 1527 -noSecurityManager
]],
  serves = { {
    service = "drda", port = 1527, ways = { "http", "tls" },
    fields = { class_name = { "Derby" }, release_level = { any = true } },
  } },
}
