-- AMQP: Connection.Start of 0-9-1, an open or SASL frame of 1.0, or the protocol header a server prefers (AMQP 0-9-1
-- section 4.2.2, OASIS AMQP 1.0 section 2.2).
local property = "S" * be(4, 1, 64)
local start = "\1\0\0" * be(4, 8, 16384) * "\0\10\0\10" * set("version", "0-9-1")
  * (find { "\7product" } * property * field("product", printable ^ 1 - "\7")) ^ -1
  * (find { "\7version" } * property * field("server_version", digit * (digit + ".") ^ 1)) ^ -1
local mechanisms = be(4, 13, 4096) * "\2\1" * P(2) * "\0\83\64" * S "\192\208" * set("version", "1.0")   -- after our own header
local header = "AMQP" * ("\0\1\0\0" * set("version", "1.0") + "\3\1\0\0" * set("version", "1.0")
  + "\0\0\10" * eos * set("version", "0-10") + "\1\1\0\10" * set("version", "0-10") + "\1\1\8\0" * set("version", "0-8"))

return {
  protocol = "amqp", reference = "AMQP 0-9-1, OASIS AMQP 1.0", ports = { 5671, 5672 },
  starts = { "AMQP", "\1\0\0", S "\1\2" * R "\0\7" * P(1) * "\0", "\8\0\0\0\0\0\0\206", P(4) * "\2\1" * P(2) * "\0\83\64" },
  first = "A\0\1\2\8",
  pattern = Ct(start + header + mechanisms),
  weak = "AMQP" * (P(4) - "\0\0\9\1") * eos + "\1\0\0" * be(4, 4, 16384) * "\0\10" + "\8\0\0\0\0\0\0\206"
    + S "\1\2" * be(2, 0, 2047) * be(4, 4, 131072) * "\0" * S "\10\20\40\50\60\85\90" * "\0",   -- a channel's
  maybe_examples = { "\1\0\1\0\0\0\5\0\60\0\80\1", "AMQP\2\1\0\0", "\1\0\0\0\0\0\11\0\10\0\50", "\8\0\0\0\0\0\0\206" },
  unasked = Ct("AMQP\0\0\9\1" * set("version", "0-9-1")),
  examples = {
    ["AMQP\0\1\0\0"] = { version = "1.0" },
    ["\0\0\0\23\2\1\0\0\0\83\64\192\10\1\163\7EXAMPLE"] = { version = "1.0" },
    ["\1\0\0\0\0\0\44\0\10\0\10\0\9\0\0\0\36\7productS\0\0\0\8RabbitMQ\7versionS\0\0\0\0063.99.9"] = {
      version = "0-9-1", product = "RabbitMQ", server_version = "3.99.9",
    },
  },
  unasked_examples = { "AMQP\0\0\9\1" },
  not_this = { "AMQP\9\r\n", "\1\0\0\0\0\0\44\0\10\0\11" },
}
