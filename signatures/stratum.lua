-- Stratum: what a mining pool sends or answers (Stratum mining protocol 1).
local method = { '"mining.notify"', '"mining.set_difficulty"', '"mining.set_extranonce"', '"mining.set_target"' }

return {
  protocol = "stratum", reference = "Stratum mining protocol", ports = { 3333, 4444 }, over = { "jsonrpc" },
  starts = { "{" },
  pattern = "{" * find(method, 1 - S "\r\n"),
  examples = {
    ['{"id":1,"result":[[["mining.notify","7"]],"08",4],"error":null}\n'] = {},
    ['{"id":null,"method":"mining.set_difficulty","params":[9]}\n'] = {},
  },
  not_this = { '{"id":1,"method":"mining.subscribe","params":[]}\n', '{"a":1}\n' },
}
