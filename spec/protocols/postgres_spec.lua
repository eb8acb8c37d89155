local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"
local wire = require "sonde.wire"

local asked = "\0\0\0\8\0\255\0\255"

local function refusal(...)
  local fields = table.concat({ ... }, "\0") .. "\0\0"
  return "E" .. wire.pack(">I4", #fields + 4) .. fields
end

behaves("postgres", {
  { "a server that refuses the version", {
    { asked },
    refusal("SFATAL", "VFATAL", "C0A000", "Munsupported frontend protocol 255.255: server supports 3.0 to 3.0",
      "Fpostmaster.c", "L2143", "RProcessStartupPacket"),
  }, sent = asked, fields = {
    severity = "FATAL", code = "0A000", message = "unsupported frontend protocol 255.255: server supports 3.0 to 3.0",
    file = "postmaster.c", line = "2143", routine = "ProcessStartupPacket",
  } },
  { "a pooler that says less", { refusal("SERROR", "C08P01", "Mbad startup packet") },
    fields = { severity = "ERROR", code = "08P01", message = "bad startup packet" } },
  hostile = {
    { "a message of 4 GiB", { "E\255\255\255\255SFATAL\0" }, fields = {} },
    { "a message shorter than its length", { "E\0\0\0\3" }, fields = {} },
    { "a field without its end", { "E\0\0\0\10SFATAL" }, fields = {} },
    { "no final zero", { "E\0\0\0\11SFATAL\0" }, fields = { severity = "FATAL" } },
    { "fields without end", { refusal((("X\0"):rep(100))) }, outcome = "done", fields = {} },
    { "a version older than ErrorResponse has lengths", { "EFATAL:  unsupported frontend protocol\n\0" }, fields = {} },
  },
})

behaves("postgres_ssl", {
  { "a server with TLS", { { "\0\0\0\8\4\210\22\47" }, "S", { tls = { version = "TLSv1.3" } } }, fields = { tls = true },
    sent = "\0\0\0\8\4\210\22\47" .. peer.HELLO },
  { "a server without", { { "\0\0\0\8\4\210\22\47" }, "N" }, fields = { tls = false } },
  hostile = {
    { "an error", { "E\0\0\0\9SFATAL\0\0" }, fields = {} },
    { "words put before TLS", { "SR\0\0\0\8\0\0\0\0" }, outcome = "tls", fields = { tls = true } },
  },
})
