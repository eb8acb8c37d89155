-- A Java program that waits for a debugger, and a registry of remote objects.
return {
  title = "OpenJDK", package = "openjdk-17-jdk-headless", tier = 2,
  start = [[
rmiregistry 1099 &
cat > Lab.java <<'JAVA'
public class Lab { public static void main(String[] a) throws Exception { Thread.sleep(Long.MAX_VALUE); } }
JAVA
exec java -Xmx64m -agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005 Lab.java
]],
  single = true,
  serves = {
    {
      service = "jdwp", port = 5005, ways = {},
      fields = { vm_version = [[$(java -version 2>&1 | sed -n 's/^openjdk version "\([^"]*\)".*/\1/p')]] },
    },
    { service = "rmi", port = 1099, ways = {}, fields = { supported = true } },
  },
}
