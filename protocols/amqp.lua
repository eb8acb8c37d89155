-- AMQP 0-9-1 (section 4.2): sends the protocol header; the server introduces itself or names the version it speaks.
local expect = require "sonde.expect"
local wire = require "sonde.wire"
local unpack = wire.unpack

local amqp = {
  name = "amqp", ports = { 5672 }, tls_ports = { 5671 }, first = "client", timeout = 5,
  fields = {
    protocol_version = "e.g. 0.9, or the one the server demands instead, e.g. 1.0.0",
    product = "e.g. RabbitMQ", version = "its version", platform = "e.g. Erlang/OTP 25.2.3",
    cluster_name = "name of the cluster", mechanisms = "for login (list of strings)", locales = "space-separated",
  },
}

local METHOD, FRAME_END, FRAME_MAX, PROPERTIES_MAX, MECHANISMS_MAX = 1, "\206", 16384, 64, 32
local CONNECTION, START = 10, 10
local KEPT = { product = "product", version = "version", platform = "platform", cluster_name = "cluster_name" }
-- Section 4.2.1 with RabbitMQ's errata: how a field value of each type is stepped over.
local VALUES = {
  t = "x", b = "x", B = "x", s = "x2", u = "x2", U = "x2", I = "x4", i = "x4", f = "x4", l = "x8", L = "x8", d = "x8",
  T = "x8", D = "x5", V = "", S = ">s4", x = ">s4", F = ">s4", A = ">s4",
}

local function learn_properties(record, table)
  local position = 1
  for _ = 1, PROPERTIES_MAX do
    if position > #table then return end
    local name, kind, start = unpack("s1 c1", table, position)
    local format = expect(VALUES[kind], "unknown type in a table")
    position = select(-1, unpack(format, table, start))
    if KEPT[name] and kind == "S" then record[KEPT[name]] = unpack(format, table, start) end
  end
end

function amqp.handshake(conn, record)
  conn:send "AMQP\0\0\9\1"
  if conn:peek(4) == "AMQP" then  -- section 4.2.2: the server sends the header it wants, and closes
    record.protocol_version = ("%d.%d.%d"):format(conn:receive(8):byte(6, 8))
    return
  end
  local kind, channel, length = unpack(">B I2 I4", conn:receive(7))
  expect(kind == METHOD and channel == 0 and length <= FRAME_MAX, "no AMQP frame")
  local frame = conn:receive(length + 1)
  expect(frame:sub(-1) == FRAME_END, "frame without its end")
  local class, method, major, minor, position = unpack(">I2 I2 B B", frame)
  expect(class == CONNECTION and method == START, "no Connection.Start")
  record.protocol_version = major .. "." .. minor
  local properties, mechanisms, locales = unpack(">s4 s4 s4", frame:sub(1, -2), position)
  local list = {}
  for mechanism in mechanisms:gmatch "%S+" do
    if #list < MECHANISMS_MAX then list[#list + 1] = mechanism end
  end
  record.mechanisms, record.locales = list[1] and list, locales
  learn_properties(record, properties)
end

return amqp
