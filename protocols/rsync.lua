-- rsync's daemon (rsyncd.conf(5); rsync source, "@RSYNCD:"): the server greets with its version. Sends nothing.
local expect = require "sonde.expect"

local rsync = {
  name = "rsync", ports = { 873 }, first = "server", timeout = 5,
  fields = {
    protocol_version = "e.g. 31.0", digests = "for passwords, best first (list of strings)", error = "what came instead",
  },
}

local DIGESTS_MAX = 16

function rsync.handshake(conn, record)
  expect(conn:peek(1) == "@", "no rsync greeting")
  local line = conn:receive_line(1024)
  record.error = line:match "^@ERROR:? ?(.*)$"
  if record.error then return end
  local version, rest = line:match "^@RSYNCD: (%d+%.?%d*)(.*)$"
  record.protocol_version = expect(version, "no rsync greeting")
  local digests = {}
  for digest in rest:gmatch "%S+" do
    if #digests < DIGESTS_MAX then digests[#digests + 1] = digest end
  end
  record.digests = digests[1] and digests
end

return rsync
