-- SSH (RFC 4253): lists of algorithms, one key exchange for the host key; asks which ways to log in there are.
-- For the latter with the method "none" (RFC 4252 section 5.2). No secret is tried; the user named is "sonde".
local digest = require "sonde.digest"
local expect = require "sonde.expect"
local ssh_transport = require "sonde.ssh_transport"

local ssh = {
  name = "ssh", ports = { 22, 2222 }, first = "server", timeout = 8,
  fields = {
    banner = "identification line", version = "protocol version", software = "e.g. OpenSSH_9.6p1",
    comments = "what follows the software", disconnect = "the server's reason for ending at once",
    kex_algorithms = "key exchange, comma-separated as are all lists here", server_host_key_algorithms = "host keys",
    encryption_algorithms_client_to_server = "ciphers", encryption_algorithms_server_to_client = "ciphers",
    mac_algorithms_client_to_server = "MACs", mac_algorithms_server_to_client = "MACs",
    compression_algorithms_client_to_server = "compression", compression_algorithms_server_to_client = "compression",
    hassh_server = "HASSH-server: MD5 of the algorithms it has for what it sends", kex_algorithm = "the one that was used",
    host_key_type = "e.g. ssh-ed25519", host_key_bits = "size of the host key (number)",
    host_key_fingerprint = "of the host key, as ssh-keygen prints it: SHA256:...",
    host_key_proven = "whether the server signed with it (boolean)",
    auth_methods = 'ways to log in; "none": no secret is asked for (list of strings)', auth_banner = "shown before logging in",
  },
}

local HASSH = { "kex_algorithms", "encryption_algorithms_server_to_client", "mac_algorithms_server_to_client",
  "compression_algorithms_server_to_client" }

local function learn_algorithms(record, lists)
  local parts = {}
  for name, list in pairs(lists) do record[name] = list end
  for i, name in ipairs(HASSH) do parts[i] = lists[name] end
  record.hassh_server = digest.md5(table.concat(parts, ";"))
end

function ssh.handshake(conn, record)
  record.banner = ssh_transport.receive_identification(conn)
  local version, software, comments = record.banner:match "^SSH%-([^-%s]+)%-(%S*) ?(.*)$"
  record.version, record.software = expect(version, "no SSH identification"), software
  record.comments = comments ~= "" and comments or nil
  if version ~= "2.0" and version ~= "1.99" then return end
  local session = ssh_transport.open(conn, record.banner)
  local lists = session:receive_algorithms()
  if lists then
    learn_algorithms(record, lists)
    local key, method, secured = session:exchange_keys()
    if key then
      record.kex_algorithm, record.host_key_type, record.host_key_bits = method, key.kind, key.bits
      record.host_key_fingerprint, record.host_key_proven = key.fingerprint, key.proven
    end
    if secured then record.auth_methods, record.auth_banner = session:ask_methods "sonde" end
  end
  record.disconnect = session:finish()
end

return ssh
