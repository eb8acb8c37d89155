-- The lab's policy: one handshake after the other until the service has a name. TLS goes before HTTP, because an HTTPS
-- server says in plain HTTP what it thinks of an HTTP request; DNS goes early, because a DNS server waits for the rest of
-- whatever else it is sent.
local order = { "wait", "tls", "dns", "http", "redis", "memcached", "mqtt", "amqp", "postgres" }

return function(target)
  for _, name in ipairs(order) do
    local attempt = target:try(name)
    if attempt.service or not attempt.opened then return end
  end
end
