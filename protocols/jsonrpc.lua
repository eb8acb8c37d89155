-- Ethereum's JSON-RPC over HTTP (Ethereum execution APIs, web3_clientVersion): asks which client it is.
local expect = require "sonde.expect"
local http_client = require "sonde.http_client"
local text = require "sonde.text"

local jsonrpc = {
  name = "jsonrpc", service = "http", ports = { 8545 }, first = "client", timeout = 8,
  fields = { client = "e.g. Geth/v1.13.4-stable/linux-amd64/go1.21.3", error = "message of an error" },
}

local QUESTION = '{"jsonrpc":"2.0","method":"web3_clientVersion","params":[],"id":1}'

function jsonrpc.handshake(conn, record)
  http_client.send(conn, "POST", "/", { body = QUESTION, type = "application/json" })
  http_client.receive_body(conn, http_client.receive_head(conn), function(body)
    if not body:find '"jsonrpc"%s*:' then return false end
    record.client, record.error = text.member(body, "result"), text.member(body, "message")
    return record.client
  end)
  expect(record.client or record.error, "no JSON-RPC")
end

return jsonrpc
