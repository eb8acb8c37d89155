-- The lab's policy: one handshake after the other until the service has a name. TLS goes before HTTP, because an HTTPS
-- server says in plain HTTP what it thinks of an HTTP request.
local order = { "wait", "tls", "http", "redis", "memcached", "mqtt", "amqp", "postgres", "dns" }

return function(target)
  for _, name in ipairs(order) do
    local attempt = target:try(name)
    if attempt.service or not attempt.opened then return end
  end
end
