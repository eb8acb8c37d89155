-- ActiveMQ: OpenWire, STOMP, AMQP and MQTT.
return {
  title = "ActiveMQ", package = "activemq", packages = { "openjdk-17-jre-headless" }, tier = 2,
  start = [[
cat > activemq.xml <<CONF
<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans
  http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="lab" persistent="false" useJmx="false"
    dataDirectory="$run">
    <transportConnectors>
      <transportConnector name="openwire" uri="tcp://0.0.0.0:61616"/>
      <transportConnector name="stomp" uri="stomp://0.0.0.0:61613"/>
    </transportConnectors>
  </broker>
</beans>
CONF
exec java -Xmx160m -Dactivemq.home=/usr/share/activemq -Dactivemq.base="$run" -Dactivemq.conf="$run" \
  -Dactivemq.data="$run" \
  -jar /usr/share/activemq/bin/activemq.jar start "xbean:file:$run/activemq.xml"
]],
  serves = {
    { service = "stomp", port = 61613, ways = {}, fields = {} },
    { service = "openwire", port = 61616, handshake = false, ways = { "wait", "http", "tls", "newlines" } },
  },
}
