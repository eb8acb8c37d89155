-- beanstalkd (beanstalkd doc/protocol.txt, "stats"): asks for the server's statistics, which change nothing, then quits.
local expect = require "sonde.expect"

local beanstalkd = {
  name = "beanstalkd", ports = { 11300 }, first = "client", timeout = 5,
  fields = {
    version = "server version", hostname = "of the machine", os = "the machine's own words for it",
    platform = "e.g. x86_64", error = "what came instead",
  },
}

local STATS_MAX = 16384
local ERRORS = { UNKNOWN_COMMAND = true, BAD_FORMAT = true, OUT_OF_MEMORY = true, INTERNAL_ERROR = true }

function beanstalkd.handshake(conn, record)
  conn:send "stats\r\n"
  local mark = conn:peek(3)
  expect(mark == "OK " or mark:find "^[UBI][NA]" or mark == "OUT", "no answer to stats")
  local line = conn:receive_line(64)
  if ERRORS[line] then
    record.error = line
    return
  end
  local length = tonumber(expect(line:match "^OK (%d%d?%d?%d?%d?)$", "no answer to stats"))
  expect(length <= STATS_MAX, "statistics too long")
  local stats = conn:receive(length)
  record.version = expect(stats:match '\nversion: "?([^"\n]*)', "no version")
  record.hostname, record.os = stats:match '\nhostname: "?([^"\n]*)', stats:match '\nos: "?([^"\n]*)'
  record.platform = stats:match '\nplatform: "?([^"\n]*)'
  conn:send "quit\r\n"
end

return beanstalkd
