-- STOMP: CONNECTED and ERROR frames (STOMP 1.2).
return {
  protocol = "stomp", reference = "STOMP 1.2", ports = { 61613, 61612 },
  starts = { "CONNECTED", "ERROR" },
  pattern = Ct("CONNECTED" * crlf * (I "server:" * field("server", line) * crlf
      + I "version:" * field("version", line) * crlf + R "az" * line * crlf) ^ 0
    + "ERROR" * crlf * #(R "az" * R("az", "--") ^ 0 * ":") * (I "message:" * field("error", line) * crlf + R "az" * line
      * crlf) ^ 0),
  weak = "ERROR" * crlf * crlf,
  maybe_examples = { "ERROR\n\nno\0" },
  examples = {
    ["CONNECTED\nserver:RabbitMQ/3.99.9\nversion:1.2\n\n\0"] = { server = "RabbitMQ/3.99.9", version = "1.2" },
    ["ERROR\nmessage:Bad CONNECT\ncontent-type:text/plain\n\nno\n\0"] = { error = "Bad CONNECT" },
  },
  not_this = { "CONNECT\naccept-version:1.2\n\n\0", "ERROR\r\nERROR\r\n" },
}
