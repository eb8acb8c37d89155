-- SMB (MS-CIFS section 2.2.4.52, MS-SMB2 sections 2.2.3 and 2.2.4): negotiates in the form all versions know.
-- Then in that of version 2 where the server speaks it. On port 139 a session comes first (RFC 1002 section 4.3.2). No login.
local expect = require "sonde.expect"
local messages = require "sonde.smb_messages"

local smb = {
  name = "smb", ports = { 445, 139 }, first = "client", timeout = 8,
  fields = {
    dialect = "the version chosen, e.g. 3.1.1 or NT LM 0.12", signing = "none, enabled or required",
    server_guid = "of the server", capabilities = "as bits (number)", max_read = "bytes at once (number)",
    system_time = "seconds since 1970 (number)", refused = "code of a refused session (number)",
    cipher = "of encryption, 1: AES-128-CCM, 2: AES-128-GCM (number)",
  },
}

local SESSIONS = 139

local function learn(record, facts)
  for name, value in pairs(facts) do record[name] = value end
end

function smb.handshake(conn, record)
  if conn.port == SESSIONS then
    local opened, refused = messages.open_session(conn)
    record.refused = refused
    if not opened then return end
  end
  local answer, new = messages.ask(conn, messages.old_negotiate())
  if not new then return learn(record, messages.read_old(answer)) end
  local facts = messages.read_new(answer)
  if not facts then
    answer, new = messages.ask(conn, messages.new_negotiate(conn))
    facts = expect(new and messages.read_new(answer), "no answer to negotiate")
  end
  learn(record, facts)
end

return smb
