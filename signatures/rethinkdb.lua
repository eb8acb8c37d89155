-- RethinkDB: the V1.0 handshake's answer and errors of the driver port (RethinkDB, "Writing drivers").
return {
  protocol = "rethinkdb", reference = "RethinkDB driver protocol", ports = { 28015 },
  starts = { "{", "ERROR: " },
  pattern = Ct('{' * #find({ '"max_protocol_version"' }, printable + S "\r\n\t") * (find { '"server_version":' } * sp * '"'
      * field("version", (1 - S '"') ^ 1)) ^ -1
    + "ERROR: " * (P "This is the rdb protocol port" + "Received an unsupported protocol version" + "Incorrect authorization")),
  examples = {
    ['{"max_protocol_version":0,"min_protocol_version":0,"server_version":"2.4.99","success":true}\0'] = { version = "2.4.99" },
    ["ERROR: Received an unsupported protocol version. This port is for RethinkDB queries."] = {},
  },
  not_this = { '{"protocol_version":0}\0', "ERROR: unknown\n" },
}
