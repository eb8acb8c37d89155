-- An AMQP 0-9-1 broker: Connection.Start to those who ask in its version, its own header to all others.

local wire = require "sonde.wire"

local HEADER = "AMQP\0\0\9\1"

local PRODUCTS = {
  { weight = 3, product = "RabbitMQ", version = "3.12.1", platform = "Erlang/OTP 25.3.2" },
  { weight = 3, product = "RabbitMQ", version = "3.8.9", platform = "Erlang/OTP 23.2" },
  { weight = 3, product = "RabbitMQ", version = "3.6.10", platform = "Erlang/OTP" },
  { weight = 2, product = "RabbitMQ", version = "3.7.28", platform = "Erlang/OTP 22.3.4" },
  { weight = 1, product = "qpid", version = "0.32", platform = "Java(TM) SE Runtime Environment" },
}

local function text_field(name, value)
  return wire.pack(">s1 c1 s4", name, "S", value)
end

-- Connection.Start (class 10, method 10) with the server's properties.
local function start(host)
  local product = host:choose("product", PRODUCTS)
  local properties = text_field("cluster_name", "rabbit@" .. host:name()) .. text_field("platform", product.platform)
    .. text_field("product", product.product) .. text_field("version", product.version)
  local method = wire.pack(">I2 I2 B B s4 s4 s4", 10, 10, 0, 9, properties, "AMQPLAIN PLAIN", "en_US")
  return wire.pack(">B I2 s4 B", 1, 0, method, 0xce)
end

local function serve(conn, host)
  for i = 1, #HEADER do
    if conn:receive(1) ~= HEADER:sub(i, i) then
      conn:send(HEADER)
      return
    end
  end
  conn:send(start(host))
  conn:receive_some()
end

return { serve = serve }
