local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"

local function packet(payload, sequence)
  return wire.pack("<I3 B", #payload, sequence or 0) .. payload
end

-- The HandshakeV10 packet, field by field.
local function greeting(version, low, high, rest)
  return packet(wire.pack("<B z I4 c8 B I2 B I2 I2 B c10", 10, version, 42, "scramble", 0, low, 45, 2, high, 21, "") ..
    rest)
end

-- Protocol::SSLRequest, field by field.
local ssl_request = packet(wire.pack("<I4 I4 B c23", 0x8A00, 2 ^ 24, 33, ""), 1)

behaves("mysql", {
  { "a MySQL 8 server", {
    greeting("8.0.36", 0xFFFF, 0xDFFF, "twelve bytes\0caching_sha2_password\0"), { ssl_request },
    { tls = { version = "TLSv1.3" } },
  }, sent = ssl_request .. peer.HELLO,
    fields = {
      protocol = 10, version = "8.0.36", thread = 42, capabilities = 0xDFFFFFFF, tls = true, charset = 45, status = 2,
      auth_plugin = "caching_sha2_password",
    } },
  { "a MariaDB server without TLS, whose plugin has no final zero",
    { greeting("5.5.5-10.11.6-MariaDB-0+deb12u1", 0xF7FE, 0x81FF, "twelve bytes\0mysql_native_password") }, fields = {
      protocol = 10, version = "5.5.5-10.11.6-MariaDB-0+deb12u1", thread = 42, capabilities = 0x81FFF7FE, tls = false,
      charset = 45, status = 2, auth_plugin = "mysql_native_password",
    } },
  { "a server with a longer scramble", {
    packet(wire.pack("<B z I4 c8 x I2 B I2 I2 B x10 c23 z", 10, "x", 1, "", 0, 8, 0, 8, 31, "scramble", "plugin")),
  }, fields = {
    protocol = 10, version = "x", thread = 1, capabilities = 0x80000, tls = false, charset = 8, status = 0,
    auth_plugin = "plugin",
  } },
  { "a server of protocol 9", { packet(wire.pack("<B z I4 z", 9, "3.20.32", 7, "scramble")) },
    fields = { protocol = 9, version = "3.20.32", thread = 7 } },
  { "a server that does not let us in", { packet "\255\106\4Host '198.18.0.1' is not allowed to connect" },
    fields = { error_code = 1130, error_message = "Host '198.18.0.1' is not allowed to connect" } },
  { "an error with an SQL state", { packet "\255\16\4#08004Too many connections" },
    fields = { error_code = 1040, error_message = "Too many connections" } },
  hostile = {
    { "a packet of 16 MiB", { "\255\255\255\0\10" }, fields = {} },
    { "an empty packet", { "\0\0\0\0" }, fields = {} },
    { "a packet that is not the first", { packet(wire.pack("<B z I4 z", 9, "3.20.32", 7, "scramble"), 3) },
      fields = {} },
    { "a version without its end", { packet("\0108.0.36") }, fields = { protocol = 10 } },
    { "a greeting that ends after the version", { packet("\0108.0.36\0") }, fields = { protocol = 10 } },
    { "a scramble that leaves the packet", {
      packet(wire.pack("<B z I4 c8 B I2 B I2 I2 B c10", 10, "x", 1, "", 0, 0xFFFF, 1, 1, 0xFFFF, 255, "")),
    }, outcome = "timeout" },
    { "words put before TLS", {
      greeting("8", 0xFFFF, 0xDFFF, "twelve bytes\0x\0") .. packet("more", 1), { tls = { version = "TLSv1.3" } },
    }, outcome = "tls" },
  },
})
