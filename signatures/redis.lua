-- Redis and its kin: replies of RESP 2 and 3 (Redis serialization protocol specification).
local word = P "NOAUTH" + "DENIED" + "LOADING" + "MISCONF" + "WRONGPASS" + "NOPERM" + "WRONGTYPE" + "BUSY" + "READONLY"
  + "MASTERDOWN" + "OOM" + "CLUSTERDOWN" + "MOVED" + "NOPROTO" + "EXECABORT"
local complaint = I "unknown command" * S " '`" + "wrong number of arg" + "Protocol error" + "max number of clients"
  + "operation not permitted" + "invalid password" + "Client sent AUTH" + "unauthenticated" + "unknown subcommand"
  + "syntax error" + "AUTH" + "DISABLED" + "NOAUTH"
local error = "-" * field("error", (word * " " + "ERR " * complaint) * (1 - S "\r\n") ^ -200)
local count = digit * digit ^ -9 * "\r\n"
local item = S "$*:+,%~|_(#!=-" * (1 - S "\r\n") ^ 0 * "\r\n"
local request = "*" * digits * "\r\n$" * digits * "\r\n" * R "AZ" ^ 0 * ("\r" + eos)
local info = "$" * count * "# Server\r\n" * (find { "redis_version:" } * field("version", token)) ^ -1
local bulk = "$" * count * #((printable + S "\t\r\n" + R "\128\255") ^ 1 * eos)

return {
  protocol = "redis", reference = "RESP 2 and 3", ports = { 6379 },
  starts = { "-", "+", "*", "$", ":", "%", "|", "~", "#", ",", "(", "=", "!" },
  pattern = Ct(error + info + "+PONG\r\n" + "+OK\r\n+OK\r\n" + S "*%|~" * count * item - request),
  maybe = "+OK\r\n" * eos + ":" * P "-" ^ -1 * digits * "\r\n" * (eos + item) + bulk
    + (P "*0" + "*-1" + "$-1" + "$0\r\n" + "_") * "\r\n" * eos + "+OK\r\n" * #item + "+QUEUED\r\n"
    + "-ERR " * (1 - S "\r\n") ^ 0,
  weak = (S "+:$*" * alnum * (1 - R "\0\31") ^ 0 + "-" * alpha ^ 2 * (" " * (1 - R "\0\31") ^ 0) ^ -1 + "#" * S "tf"
    + S ",(" * P "-" ^ -1 * digits * ("." * digits) ^ -1 + S "=!%~" * digits) * "\r\n",
  examples = {
    ["-NOAUTH Authentication required.\r\n"] = { error = "NOAUTH Authentication required." },
    ["-DENIED Redis is running in protected mode because protected mode is enabled\r\n"] = {
      error = "DENIED Redis is running in protected mode because protected mode is enabled",
    },
    ["-ERR unknown command 'GET', with args beginning with: '/' \r\n"] = true,
    ["-ERR wrong number of arguments for 'get' command\r\n"] = {
      error = "ERR wrong number of arguments for 'get' command",
    },
    ["+PONG\r\n"] = {},
    ["$80\r\n# Server\r\nredis_version:7.2.99\r\nredis_mode:standalone\r\n"] = { version = "7.2.99" },
    ["*2\r\n$3\r\nfoo\r\n:7\r\n"] = {},
  },
  maybe_examples = { "+OK\r\n", ":3\r\n", "*-1\r\n", "-ERR broken\r\n", "$5\r\nhello\r\n", "+Saving\r\n", "#t\r\n", ",1.5\r\n" },
  not_this = { "PING\r\n", "*1\r\n$4\r\nPING\r\n", "*2\r\n$4\r\nINFO\r\n", "+OK POP3 ready\r\n", "-ERR unknown user\r\n" },
}
