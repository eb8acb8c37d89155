-- Tarantool: its greeting (Tarantool IPROTO, greeting packet).
return {
  protocol = "tarantool", reference = "Tarantool IPROTO", ports = { 3301 },
  starts = { "Tarantool " }, pattern = Ct("Tarantool " * field("version", digit * token)),
  examples = { ["Tarantool 2.11.9 (Binary) 00000000-0000-0000-0000-000000000000\n"] = { version = "2.11.9" } },
  not_this = { "Tarantool\n" },
}
