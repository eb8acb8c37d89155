local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local function tls(kind, body) return wire.pack(">B I2 s2", kind, 0x303, body) end
local function hello(cipher, extensions)
  return wire.pack(">B s3", 2, wire.pack(">I2 c32 s1 I2 B", 0x303, "", "", cipher, 0) .. extensions)
end
local modern = tls(22, hello(0x1302, wire.pack(">s2", "\0\43\0\2\3\4")))

for number = 1, 10 do
  local name = ("jarm_%02d"):format(number)
  behaves(name, {
    { "a server of TLS 1.3", { modern }, fields = { [name] = "1302|0303||002b" } },
    { "a server that refuses", { tls(21, "\2\40") }, fields = { [name] = "|||" } },
    hostile = {
      { "extensions that leave the message", { tls(22, hello(0x1302, "\1\244")) }, fields = {} },
      { "a record of 64 KiB", { "\22\3\3\255\255" }, fields = {} },
    },
  })
end
