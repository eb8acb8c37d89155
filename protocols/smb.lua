-- SMB (MS-CIFS section 2.2.4.52, MS-SMB2 sections 2.2.3 and 2.2.4): negotiates in the form all versions know, then in that
-- of version 2 where the server speaks it. On port 139 a session comes first (RFC 1002 section 4.3.2). No login.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local smb = {
  name = "smb", ports = { 445, 139 }, first = "client", timeout = 8,
  fields = {
    dialect = "the version chosen, e.g. 3.1.1 or NT LM 0.12", signing = "none, enabled or required",
    server_guid = "of the server", capabilities = "as bits (number)", max_read = "bytes at once (number)",
    system_time = "seconds since 1970 (number)", refused = "code of a refused session (number)",
    cipher = "of encryption, 1: AES-128-CCM, 2: AES-128-GCM (number)",
  },
}

local DIALECTS = { [0x0202] = "2.0.2", [0x0210] = "2.1", [0x0300] = "3.0", [0x0302] = "3.0.2", [0x0311] = "3.1.1" }
local ANY, NEWEST, MESSAGE_MAX, POSITIVE, NEGATIVE = 0x02FF, 0x0311, 8192, 0x82, 0x83
local OLD = "\2NT LM 0.12\0\2SMB 2.002\0\2SMB 2.???\0"
local ENCRYPTION_CONTEXT, CONTEXTS_MAX = 2, 8

-- RFC 1001 section 14.1: sixteen characters, each as two letters.
local function netbios_name(name)
  return "\32" .. (name .. (" "):rep(16 - #name)):gsub(".", function(letter)
    local byte = letter:byte()
    return string.char(65 + math.floor(byte / 16), 65 + byte % 16)
  end) .. "\0"
end

local function old_negotiate()
  return pack("<c4 B x4 B I2 x12 I2 I2 x2 x2 B s2", "\255SMB", 0x72, 0x18, 0xC853, 0xFFFF, 0xFEFF, 0, OLD)
end

local function new_negotiate(conn)
  local contexts = pack("<I2 I2 x4 I2 I2 I2 c32 x2", 1, 38, 1, 32, 1, conn:random(32)) ..   -- hashes: SHA-512
    pack("<I2 I2 x4 I2 I2 I2", ENCRYPTION_CONTEXT, 6, 2, 2, 1)
  return pack("<c4 I2 I2 x4 I2 I2 x4 x4 I4 x4 x4 x4 x8 x16", "\254SMB", 64, 1, 0, 1, 1) ..
    pack("<I2 I2 I2 x2 I4 c16 I4 I2 x2 I2 I2 I2 I2 I2 x2", 36, 5, 1, 0x44, conn:random(16), 112, 2, 0x0202, 0x0210, 0x0300,
      0x0302, 0x0311) .. contexts
end

local function ask(conn, message)
  conn:send(pack(">B s3", 0, message))
  local kind, length = unpack(">B I3", conn:receive(4))
  expect(kind == 0 and length >= 36 and length <= MESSAGE_MAX, "no SMB message")
  return conn:receive(length)
end

-- A FILETIME: units of 100 ns since 1601.
local function unix_time(low, high)
  local seconds = math.floor((high * 2 ^ 32 + low) / 10 ^ 7) - 11644473600
  return seconds > 0 and seconds or nil
end

local function learn_old(record, answer)
  expect(unpack("<x4 B", answer) == 0x72 and bit.band(answer:byte(10), 0x80) ~= 0, "no answer to negotiate")
  local words, index = unpack("<B I2", answer, 33)
  expect(words == 17 and index == 0, "none of our dialects")
  local mode, capabilities, low, high = unpack("<x3 B x4 x12 I4 I4 I4", answer, 33)
  record.dialect, record.capabilities, record.system_time = "NT LM 0.12", capabilities, unix_time(low, high)
  record.signing = bit.band(mode, 8) ~= 0 and "required" or bit.band(mode, 4) ~= 0 and "enabled" or "none"
end

local function learn_contexts(record, answer, position, count)
  expect(count <= CONTEXTS_MAX and position >= 128, "contexts of a forbidden form")
  for _ = 1, count do
    local kind, size, start = unpack("<I2 I2 x4", answer, position + 1)
    if kind == ENCRYPTION_CONTEXT and size >= 4 then record.cipher = unpack("<x2 I2", answer, start) end
    position = position + 8 + math.ceil(size / 8) * 8
  end
end

-- What version 2 answers; true where it wants to be asked again in its own form.
local function learn_new(record, answer)
  local size, status, command, flags = unpack("<x4 I2 x2 I4 I2 x2 I4", answer)
  expect(size == 64 and status == 0 and command == 0 and bit.band(flags, 1) == 1, "no answer to negotiate")
  local body, mode, dialect, count, guid, capabilities, read, low, high, position = unpack(
    "<I2 I2 I2 I2 c16 I4 x4 I4 x4 I4 I4 x8 x2 x2", answer, 65)
  expect(body == 65 and (DIALECTS[dialect] or dialect == ANY), "no dialect of ours")
  if dialect == ANY then return true end
  record.dialect, record.capabilities, record.max_read = DIALECTS[dialect], capabilities, read
  record.system_time = unix_time(low, high)
  record.signing = bit.band(mode, 2) ~= 0 and "required" or bit.band(mode, 1) ~= 0 and "enabled" or "none"
  record.server_guid = guid:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
  if dialect == NEWEST then learn_contexts(record, answer, unpack("<I4", answer, position), count) end
end

local function open_session(conn, record)
  conn:send(pack(">B s3", 0x81, netbios_name "*SMBSERVER" .. netbios_name "SONDE"))
  local kind, length = unpack(">B I3", conn:receive(4))
  expect(kind == POSITIVE and length == 0 or kind == NEGATIVE and length == 1, "no session")
  if kind == NEGATIVE then record.refused = conn:receive(1):byte() end
  return kind == POSITIVE
end

function smb.handshake(conn, record)
  if conn.port == 139 and not open_session(conn, record) then return end
  local answer = ask(conn, old_negotiate())
  if answer:sub(1, 4) == "\255SMB" then return learn_old(record, answer) end
  expect(answer:sub(1, 4) == "\254SMB", "no SMB message")
  if not learn_new(record, answer) then return end
  answer = ask(conn, new_negotiate(conn))
  expect(answer:sub(1, 4) == "\254SMB" and not learn_new(record, answer), "no answer to negotiate")
end

return smb
