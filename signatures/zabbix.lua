-- Zabbix agent and server: replies in Zabbix's header (Zabbix manual, "Header and data length").
local header = "ZBXD" * S "\1\3\5"
local request = P "agent." + '{"request' + "system." + "vfs."

return {
  protocol = "zabbix", reference = "Zabbix manual, protocols", ports = { 10050, 10051 },
  starts = { "ZBXD", "ZBX_" },
  pattern = header * le(4, 1, 16777216) * P(4) * #P(1) - P(13) * request + "ZBX_" * (P "NOTSUPPORTED" + "ERROR"),
  weak = header * (eos + P(8) * eos),   -- the text comes in a segment of its own
  maybe_examples = { "ZBXD\1", "ZBXD\1\5\0\0\0\0\0\0\0" },
  examples = {
    ["ZBX_NOTSUPPORTED\n"] = {},
    ["ZBXD\1\5\0\0\0\0\0\0\0007.0.9"] = {},
    ["ZBXD\1\19\0\0\0\0\0\0\0ZBX_NOTSUPPORTED\0No"] = {},
  },
  not_this = { "ZBXD\1\13\0\0\0\0\0\0\0agent.version", "ZBXD\1" },
}
