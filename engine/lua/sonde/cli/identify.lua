-- sonde identify: names the service behind bytes it is given, without a network.

local core = require "sonde.core"
local loader_module = require "sonde.loader"
local options = require "sonde.cli.options"
local print_out = require "sonde.cli.print_out"
local signature = require "sonde.signature"

local identify = {}

local EPILOG = [[
Examples:
  printf 'SSH-2.0-OpenSSH_9.6p1\r\n' | sonde identify
  echo '{"id": 1, "port": 21, "data_base64": "MjIwIHJlYWR5DQo="}' | sonde identify --jsonl]]

function identify.declare(parser)
  local command = parser:command("identify", "Name the service behind bytes on standard input.", EPILOG)
  command:flag("--jsonl", "Lines of {\"id\",\"handshake\"?,\"port\"?,\"data_base64\"} in, one answer a line out.")
  command:option("--handshake", "What the bytes answer, where that is known (without --jsonl)."):argname "NAME"
  command:option("--port", "The port they came from, where that is known (without --jsonl).")
    :argname "PORT":convert(options.check.port)
  command:option("--path", "A directory of your own with signatures/; may be repeated."):argname "DIR":count "*"
end

local function one(set, given)
  local bytes = io.stdin:read(signature.BYTES_MAX or 4096) or ""
  local found = signature.identify(set, bytes, { handshake = given.handshake, port = given.port })
  found.services = core.json.array(found.services)
  if found.service == nil then found.service = core.json.null end
  return print_out.text(core.json.encode(found) .. "\n")
end

local function lines(set)
  local cjson = require "cjson"
  local count, malformed = require("sonde.identify").lines {
    set = set, json = core.json, decode = cjson.decode, null = cjson.null, input = io.stdin, output = io.stdout,
    buffered = core.is_file(0), more = function() return core.readable(0) end,
  }
  if not count then return 1, "standard output: " .. tostring(malformed) end
  if malformed > 0 then return 1, ("%d of %d lines were malformed"):format(malformed, count) end
  return 0
end

function identify.run(given)
  local loader = loader_module.new(given.tree, core.list, given.path)
  if given.jsonl and (given.handshake or given.port) then
    return 2, "--jsonl does not go with --handshake or --port: each line says its own"
  end
  if given.handshake then
    if given.handshake:find "[/.]" then return 2, ("--handshake '%s' is no protocol's name"):format(given.handshake) end
    local known, unknown = loader:source("protocol", given.handshake)
    if not known then return 2, "--handshake: " .. unknown end
  end
  local set, message = loader:signatures()
  if not set then return 2, message end
  if given.jsonl then return lines(set) end
  return one(set, given)
end

return identify
