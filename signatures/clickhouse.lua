-- ClickHouse: an exception packet of the native protocol (ClickHouse native protocol).
return {
  protocol = "clickhouse", reference = "ClickHouse native protocol", ports = { 9000 }, over = { "http" },
  starts = { "\2", "HTTP/1.0 400" },
  pattern = "\2" * le(4, 1, 2000) * P(1) ^ -1 * (P "DB::Exception" + "DB::NetException")
    + "HTTP/1.0 400 Bad Request\r\n\r\nPort " * digits * " is for clickhouse-client program",
  examples = { ["\2\101\0\0\0\13DB::Exception\40DB::Exception: Unexpected packet from client"] = {},
    ["HTTP/1.0 400 Bad Request\r\n\r\nPort 9000 is for clickhouse-client program\r\n"] = {} },
  not_this = { "\2\101\0\0\0" },
}
