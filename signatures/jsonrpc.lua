-- JSON-RPC 2.0 on the bare connection: a response, with a result or an error (JSON-RPC 2.0 Specification, section 5).
local gap = S " \t\r\n" ^ 0
local version = { '"jsonrpc":"2.0"', '"jsonrpc": "2.0"', '"jsonrpc" : "2.0"' }

return {
  protocol = "jsonrpc", reference = "JSON-RPC 2.0 Specification",
  starts = { "{", "[{" },
  pattern = P "[" ^ -1 * "{" * gap * #('"' * (P "jsonrpc" + "id" + "result" + "error") * '"')
    * #find({ '"result"', '"error"' }, any) * find(version, any),
  examples = {
    ['{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}\n'] = {},
    ['{"id":1,"jsonrpc":"2.0","result":true}\n'] = {},
  },
  not_this = { '{"jsonrpc":"2.0","id":1,"method":"eth_syncing"}\n', '{"id":1,"result":true}\n' },
}
