-- Measures how many records a second go through json.encode and the output: luajit spec/bench/records.lua [plain|full [FILE]]
package.path = "./?.lua;" .. package.path
local C, ffi = require "spec.support.c" ("error", "output")
local core = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
local json = assert(package.loadlib(core, "lua_json_open"))()

local RECORDS = 300000

local plain = {
  address = "198.18.0.1", port = 22, time = 1732276780.123456, verdict = "service", service = "ssh", expected = true,
  rtt = 0.012345, data = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n",
}

local full = {
  address = "198.18.0.1", port = 22, time = 1732276780.123456, verdict = "service", service = "ssh",
  services = { "ssh" }, expected = true,
  fields = { banner = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3", version = "2.0", software = "OpenSSH_9.6p1" },
  attempts = {
    { handshake = "wait", outcome = "answered", acked = 0, rtt = 0.012345, packets = 5, bytes = 412 },
    { handshake = "tls", outcome = "closed", acked = 517, rtt = 0.012777, packets = 9, bytes = 1312 },
  },
  syn_ack = { window = 64240, mss = 1460, window_scale = 7, ttl = 53, sack_permitted = true, timestamps = true },
  data = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3\r\n",
}

local function measure(name, record, path)
  local out, why = ffi.new "struct output *[1]", ffi.new "struct error"
  assert(C.output_open(out, path, 0, why) == 0, ffi.string(why.text))
  local start = os.clock()
  for i = 1, RECORDS do
    record.port = i % 65536
    local line = json.encode(record)
    while C.output_write(out[0], line, #line) ~= 0 do C.output_flush(out[0], 1000000000ULL) end
  end
  local encoded = os.clock() - start
  assert(C.output_close(out[0], why) == 0, ffi.string(why.text))
  print(("%-6s %4d bytes: %7.0f records/s"):format(name, #json.encode(record), RECORDS / encoded))
end

local kinds, path = { plain = plain, full = full }, arg[2] or "/dev/null"
for _, name in ipairs { "plain", "full" } do
  if (arg[1] or name) == name then measure(name, kinds[name], path) end
end
