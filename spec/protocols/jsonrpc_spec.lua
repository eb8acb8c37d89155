local behaves = require "spec.support.behaves"
local http = require "spec.support.http"

local asked = http.request("POST", "/", 8545,
  '{"jsonrpc":"2.0","method":"web3_clientVersion","params":[],"id":1}', "application/json")

behaves("jsonrpc", {
  { "a client", { { asked }, http.answer("200 OK", "", '{"jsonrpc":"2.0","id":1,"result":"Geth/v1.13.4-stable/linux"}\n') },
    sent = asked, fields = { client = "Geth/v1.13.4-stable/linux" } },
  { "a server that has no such method", {
    http.answer("200 OK", "", '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}'),
  }, fields = { error = "Method not found" } },
  hostile = { { "JSON of another kind", { http.answer("200 OK", "", '{"result":"x"}') }, fields = {} } },
})
