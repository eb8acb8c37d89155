-- SMB's negotiation (MS-CIFS section 2.2.4.52, MS-SMB2 sections 2.2.3 and 2.2.4) and the session before it on port 139 (RFC 1001,
-- RFC 1002): what is asked, and what the answers say. Nothing beyond it: no login.

local expect = require "sonde.expect"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local smb_messages = {}

local DIALECTS = { [0x0202] = "2.0.2", [0x0210] = "2.1", [0x0300] = "3.0", [0x0302] = "3.0.2", [0x0311] = "3.1.1" }
local ANY, NEWEST = 0x02FF, 0x0311
local OLD, NEW, NEGOTIATE = "\255SMB", "\254SMB", 0x72
local OLD_DIALECTS = "\2NT LM 0.12\0\2SMB 2.002\0\2SMB 2.???\0"
local MESSAGE, SESSION_REQUEST, POSITIVE, NEGATIVE = 0, 0x81, 0x82, 0x83
local ENCRYPTION_CONTEXT, CONTEXTS_MAX, MESSAGE_MAX = 2, 8, 8192

-- RFC 1001 section 14.1: sixteen characters, each as two letters.
local function netbios_name(name)
  return "\32" .. (name .. (" "):rep(16 - #name)):gsub(".", function(letter)
    local byte = letter:byte()
    return string.char(65 + math.floor(byte / 16), 65 + byte % 16)
  end) .. "\0"
end

-- --- what is asked ------------------------------------------------------------------------------------------------------

-- Opens a session by name: true; or false and why not, as a number (RFC 1002 section 4.3.4).
function smb_messages.open_session(conn)
  conn:send(pack(">B s3", SESSION_REQUEST, netbios_name "*SMBSERVER" .. netbios_name "SONDE"))
  local kind, length = unpack(">B I3", conn:receive(4))
  expect(kind == POSITIVE and length == 0 or kind == NEGATIVE and length == 1, "no session")
  if kind == POSITIVE then return true end
  return false, conn:receive(1):byte()
end

-- NEGOTIATE in the form that all versions know.
function smb_messages.old_negotiate()
  return pack("<c4 B x4 B I2 x12 I2 I2 x2 x2 B s2", OLD, NEGOTIATE, 0x18, 0xC853, 0xFFFF, 0xFEFF, 0, OLD_DIALECTS)
end

-- NEGOTIATE in the form of version 2, with all its dialects.
function smb_messages.new_negotiate(conn)
  local contexts = pack("<I2 I2 x4 I2 I2 I2 c32 x2", 1, 38, 1, 32, 1, conn:random(32)) ..   -- hashes: SHA-512
    pack("<I2 I2 x4 I2 I2 I2", ENCRYPTION_CONTEXT, 6, 2, 2, 1)
  return pack("<c4 I2 I2 x4 I2 I2 x4 x4 I4 x4 x4 x4 x8 x16", NEW, 64, 1, 0, 1, 1) ..
    pack("<I2 I2 I2 x2 I4 c16 I4 I2 x2 I2 I2 I2 I2 I2 x2", 36, 5, 1, 0x44, conn:random(16), 112, 2, 0x0202, 0x0210, 0x0300,
      0x0302, 0x0311) .. contexts
end

-- Sends a message and receives the answer; says whether that is of version 2.
function smb_messages.ask(conn, message)
  conn:send(pack(">B s3", MESSAGE, message))
  local kind, length = unpack(">B I3", conn:receive(4))
  expect(kind == MESSAGE and length >= 36 and length <= MESSAGE_MAX, "no SMB message")
  local answer = conn:receive(length)
  local form = answer:sub(1, 4)
  expect(form == OLD or form == NEW, "no SMB message")
  return answer, form == NEW
end

-- --- what the answers say -----------------------------------------------------------------------------------------------

-- A FILETIME: units of 100 ns since 1601.
local function unix_time(low, high)
  local seconds = math.floor((high * 2 ^ 32 + low) / 10 ^ 7) - 11644473600
  return seconds > 0 and seconds or nil
end

local function signing(mode, enabled, required)
  return bit.band(mode, required) ~= 0 and "required" or bit.band(mode, enabled) ~= 0 and "enabled" or "none"
end

-- Of version 1: { dialect, capabilities, system_time, signing }.
function smb_messages.read_old(answer)
  expect(unpack("<x4 B", answer) == NEGOTIATE and bit.band(answer:byte(10), 0x80) ~= 0, "no answer to negotiate")
  local words, index = unpack("<B I2", answer, 33)
  expect(words == 17 and index == 0, "none of our dialects")
  local mode, capabilities, low, high = unpack("<x3 B x4 x12 I4 I4 I4", answer, 33)
  return {
    dialect = "NT LM 0.12", capabilities = capabilities, system_time = unix_time(low, high), signing = signing(mode, 4, 8),
  }
end

-- The cipher among the contexts of version 3.1.1.
local function read_cipher(answer, position, count)
  expect(count <= CONTEXTS_MAX and position >= 128, "contexts of a forbidden form")
  local cipher
  for _ = 1, count do
    local kind, size, start = unpack("<I2 I2 x4", answer, position + 1)
    if kind == ENCRYPTION_CONTEXT and size >= 4 then cipher = unpack("<x2 I2", answer, start) end
    position = position + 8 + math.ceil(size / 8) * 8
  end
  return cipher
end

-- Of version 2: the same with max_read, server_guid and cipher; nil where the server wants to be asked in its own form.
function smb_messages.read_new(answer)
  local size, status, command, flags = unpack("<x4 I2 x2 I4 I2 x2 I4", answer)
  expect(size == 64 and status == 0 and command == 0 and bit.band(flags, 1) == 1, "no answer to negotiate")
  local body, mode, dialect, count, guid, capabilities, read, low, high, position = unpack(
    "<I2 I2 I2 I2 c16 I4 x4 I4 x4 I4 I4 x8 x2 x2", answer, 65)
  expect(body == 65 and (DIALECTS[dialect] or dialect == ANY), "no dialect of ours")
  if dialect == ANY then return nil end
  return {
    dialect = DIALECTS[dialect], capabilities = capabilities, max_read = read, system_time = unix_time(low, high),
    signing = signing(mode, 1, 2), server_guid = guid:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end),
    cipher = dialect == NEWEST and read_cipher(answer, unpack("<I4", answer, position), count) or nil,
  }
end

return smb_messages
