-- SSH (RFC 4253): both sides open with one identification line (section 4.2), then list their algorithms (7.1).
local expect = require "sonde.expect"
local wire = require "sonde.wire"

local ssh = {
  name = "ssh", ports = { 22, 2222 }, first = "server", timeout = 5,
  fields = {
    banner = "identification line", version = "protocol version", software = "e.g. OpenSSH_9.6p1",
    comments = "what follows the software", disconnect = "the server's reason for ending at once",
    kex_algorithms = "key exchange, comma-separated as are all lists here", server_host_key_algorithms = "host keys",
    encryption_algorithms_client_to_server = "ciphers", encryption_algorithms_server_to_client = "ciphers",
    mac_algorithms_client_to_server = "MACs", mac_algorithms_server_to_client = "MACs",
    compression_algorithms_client_to_server = "compression", compression_algorithms_server_to_client = "compression",
  },
}

local SSH_MSG_DISCONNECT, SSH_MSG_KEXINIT = 1, 20
local PACKET_MAX = 35000    -- section 6.1
local PREAMBLE_LINES_MAX = 50
local NAME_LISTS = {
  "kex_algorithms", "server_host_key_algorithms",
  "encryption_algorithms_client_to_server", "encryption_algorithms_server_to_client",
  "mac_algorithms_client_to_server", "mac_algorithms_server_to_client",
  "compression_algorithms_client_to_server", "compression_algorithms_server_to_client",
}

-- The server may send other lines before its identification.
local function receive_banner(conn)
  for _ = 0, PREAMBLE_LINES_MAX do
    local line = conn:receive_line(1024)
    if line:sub(1, 4) == "SSH-" then return line end
  end
  expect(false, "no SSH identification")
end

function ssh.handshake(conn, record)
  record.banner = receive_banner(conn)
  local version, software, comments = record.banner:match "^SSH%-([^-%s]+)%-(%S*) ?(.*)$"
  record.version, record.software = expect(version, "no SSH identification"), software
  record.comments = comments ~= "" and comments or nil
  if version ~= "2.0" and version ~= "1.99" then return end
  conn:send "SSH-2.0-Sonde_0.1\r\n"
  local length, padding = wire.unpack(">I4 B", conn:receive(5))
  expect(length <= PACKET_MAX and padding + 2 <= length, "SSH packet of a forbidden length")
  local payload = conn:receive(length - 1):sub(1, -1 - padding)
  local kind, position = wire.unpack("B", payload)
  if kind == SSH_MSG_DISCONNECT then
    record.disconnect = wire.unpack(">x4 s4", payload, position)
    return
  end
  expect(kind == SSH_MSG_KEXINIT, "no key exchange")
  position = position + 16  -- the cookie
  for _, field in ipairs(NAME_LISTS) do
    record[field], position = wire.unpack(">s4", payload, position)
  end
end

return ssh
