-- Microsoft SQL Server (MS-TDS section 2.2.6.5): sends PRELOGIN, reads the server's own; TLS, where the server has it.
-- A login would follow inside; none does.
local expect = require "sonde.expect"
local text = require "sonde.text"
local wire = require "sonde.wire"
local pack, unpack = wire.pack, wire.unpack

local mssql = {
  name = "mssql", ports = { 1433 }, first = "client", timeout = 5,
  fields = {
    version = "server version, e.g. 16.0.1000.0", encryption = "off (but for logins), on, not supported or required",
    instance_valid = "whether the instance's name was right (boolean)", mars = "several results at once (boolean)",
    error = "number of an error (number)", message = "text of an error",
  },
}

local PRELOGIN, REPLY, ERROR, END, PACKET_MAX, OPTIONS_MAX = 0x12, 4, 0xAA, 0xFF, 4096, 16
local VERSION, ENCRYPTION, INSTANCE, THREAD, MARS = 0, 1, 2, 3, 4
local ENCRYPTIONS = { [0] = "off", "on", "not supported", "required" }
local WITHOUT_TLS = "not supported"

local learn = {
  [VERSION] = function(record, data)
    record.version = ("%d.%d.%d.%d"):format(unpack(">B B I2 I2", data))
  end,
  [ENCRYPTION] = function(record, data) record.encryption = ENCRYPTIONS[data:byte()] end,
  [INSTANCE] = function(record, data) record.instance_valid = data:byte() == 0 end,
  [MARS] = function(record, data) record.mars = data:byte() == 1 end,
}

-- Each option's type, offset in the payload, and length, then END, then the values.
local QUESTION = pack(">B I2 I2 B I2 I2 B I2 I2 B I2 I2 B I2 I2 B", VERSION, 26, 6, ENCRYPTION, 32, 1, INSTANCE, 33, 1,
  THREAD, 34, 4, MARS, 38, 1, END) .. pack(">x6 B x x4 B", 0, 1)   -- TLS for the login only; MARS, which is off unless asked for

function mssql.handshake(conn, record)
  conn:send(pack(">B B I2 I2 B B", PRELOGIN, 1, #QUESTION + 8, 0, 1, 0), QUESTION)
  local kind, status, length = unpack(">B B I2", conn:receive(8))
  expect(kind == REPLY and status <= 1 and length > 8 and length <= PACKET_MAX, "no TDS reply")
  local payload = conn:receive(length - 8)
  if payload:byte() == ERROR then   -- section 2.2.7.10
    local number, size = unpack("<x3 I4 x2 I2", payload)
    record.error, record.message = number, text.utf16(payload:sub(12, 11 + size * 2))
    return
  end
  local position = 1
  for _ = 1, OPTIONS_MAX do
    local option = unpack(">B", payload, position)
    if option == END then
      if record.encryption and record.encryption ~= WITHOUT_TLS then conn:start_tls { tds = true } end
      return
    end
    local offset, size = unpack(">I2 I2", payload, position + 1)
    expect(offset + size <= #payload, "option outside of its packet")
    if learn[option] and size > 0 then learn[option](record, payload:sub(offset + 1, offset + size)) end
    position = position + 5
  end
  expect(false, "too many options")
end

return mssql
