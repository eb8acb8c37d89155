local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"
local pack = wire.pack

local function session(message) return pack(">B s3", 0, message) end

-- MS-SMB2 section 2.2.4; the time is 2024-01-01 00:04:20 UTC.
local function new(dialect, mode, contexts, count)
  return session(pack("<c4 I2 x2 I4 I2 I2 I4 x4 x8 x4 x4 x8 x16", "\254SMB", 64, 0, 0, 1, 1) ..
    pack("<I2 I2 I2 I2 c16 I4 I4 I4 I4 I4 I4 x8 I2 I2 I4", 65, mode, dialect, count or 0, "guidguidguidguid", 0x2F, 2 ^ 23,
      2 ^ 23, 2 ^ 23, 0x11AC8000, 0x01DA3C46, 128, 0, 128) .. (contexts or ""))
end

local cipher = pack("<I2 I2 x4 I2 x6", 1, 2, 9) .. pack("<I2 I2 x4 I2 I2", 2, 4, 1, 2)
local old = session(pack("<c4 B x4 B I2 x12 x2 x2 x2 x2", "\255SMB", 0x72, 0x88, 0xC853) ..
  pack("<B I2 B I2 I2 I4 I4 I4 I4 I4 I4 I2 B I2", 17, 0, 15, 50, 1, 16644, 65536, 0, 0x8000E3FD, 0x11AC8000, 0x01DA3C46, 0, 0,
    0))
local guid = ("67756964"):rep(4)

behaves("smb", {
  { "a server of version 3.1.1", { { 73 }, new(0x02FF, 1), { 178 }, new(0x0311, 3, cipher, 2) }, fields = {
    dialect = "3.1.1", signing = "required", server_guid = guid, capabilities = 0x2F, max_read = 2 ^ 23,
    system_time = 1704067460, cipher = 2,
  } },
  { "a server of version 2.0.2", { { 73 }, new(0x0202, 1) }, fields = {
    dialect = "2.0.2", signing = "enabled", server_guid = guid, capabilities = 0x2F, max_read = 2 ^ 23,
    system_time = 1704067460,
  } },
  { "a server of version 1", { { 73 }, old }, fields = {
    dialect = "NT LM 0.12", signing = "required", capabilities = 0x8000E3FD, system_time = 1704067460,
  } },
  { "a server that wants to know whom we call", { { 72 }, "\131\0\0\1\130" }, options = { port = 139 },
    fields = { refused = 130 } },
  hostile = {
    { "a message of 16 MiB", { "\0\255\255\255" }, fields = {} },
    { "our own bytes", { { 73 }, function(sent) return sent end }, fields = {} },
    { "a server that never decides", { new(0x02FF, 1), new(0x02FF, 1) }, fields = {} },
    { "a dialect that is none", { new(0x0999, 1) }, fields = {} },
    { "contexts without end", { new(0x02FF, 1), new(0x0311, 1, cipher, 60000) } },
    { "contexts outside of the message", { new(0x02FF, 1), new(0x0311, 1, "", 1) } },
    { "a message that is too short", { session(("\254SMB"):rep(9)) }, fields = {} },
  },
})

describe("protocol smb", function()
  it("opens a session by name on port 139, then negotiates", function()
    local result = peer.run(peer.load "smb", { { 72 }, "\130\0\0\0", { 73 }, old }, { port = 139 })
    assert.equal("\129\0\0\68\32CKFDENECFDEFFCFGEFFCCACACACACACA\0\32FDEPEOEEEFCACACACACACACACACACACA\0", result.sent:sub(1, 72))
    assert.equal("NT LM 0.12", result.record.dialect)
  end)
end)
