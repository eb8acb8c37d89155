-- Redis (RESP2, redis.io/docs/reference/protocol-spec): sends PING and nothing more; an error tells as much as +PONG.
local expect = require "sonde.expect"

local redis = {
  name = "redis", ports = { 6379 }, first = "client", timeout = 5,
  fields = {
    reply = "the line answered to PING", open = "whether commands are taken without a password (boolean)",
    error = "first word of an error, e.g. NOAUTH or DENIED",
  },
}

function redis.handshake(conn, record)
  conn:send "*1\r\n$4\r\nPING\r\n"
  local mark = conn:peek(1)
  expect(mark == "+" or mark == "-", "no RESP answer")
  record.reply = conn:receive_line(2048):sub(2)   -- protected mode says more than 1024
  record.error = mark == "-" and record.reply:match "^[%u_]+" or nil
  record.open = record.reply == "PONG"
  expect(record.open or record.error, "no answer to PING")
end

return redis
