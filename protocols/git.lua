-- Git's daemon (gitprotocol-pack, "Git Transport"; gitprotocol-v2): asks, in version 2, for a repository that hardly exists.
local expect = require "sonde.expect"

local git = {
  name = "git", ports = { 9418 }, first = "client", timeout = 5,
  fields = {
    version = "of the protocol (number)", agent = "server software", capabilities = "of the repository (list of strings)",
    error = "why there is none",
  },
}

local LINES_MAX = 32

-- One packet line without its end; nil for the flush packet.
local function receive_packet(conn)
  local size = tonumber(expect(conn:receive(4):match "^%x%x%x%x$", "no packet line"), 16)
  if size == 0 then return nil end
  expect(size >= 4 and size <= 65520, "packet line of a forbidden length")
  return (conn:receive(size - 4):gsub("\n$", ""))
end

function git.handshake(conn, record)
  local request = "git-upload-pack /sonde\0host=" .. conn.host .. "\0\0version=2\0"
  conn:send(("%04x"):format(#request + 4), request)
  local first = expect(receive_packet(conn), "no packet line")
  record.error = first:match "^ERR (.*)$"
  if record.error then return end
  record.version = tonumber(first:match "^version (%d)$")
  if not record.version then   -- an older server answers in version 0: a reference, then what it can
    expect(first:match "^%x+ ", "no reference")
    record.version, record.agent = 0, first:match "%z.-agent=(%S+)"
  end
  for _ = 1, record.version > 0 and LINES_MAX or 0 do
    local line = receive_packet(conn)
    if not line then break end
    record.capabilities = record.capabilities or {}
    table.insert(record.capabilities, line)
    record.agent = record.agent or line:match "^agent=(.+)$"
  end
  conn:send "0000"
end

return git
