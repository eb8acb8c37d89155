local behaves = require "spec.support.behaves"
local peer = require "spec.support.peer"

behaves("ftp", {
  { "a server with features", {
    "220 (vsFTPd 3.0.3)\r\n", { "FEAT\r\n" },
    "211-Features:\r\n EPRT\r\n AUTH TLS\r\n UTF8\r\n211 End\r\n", { "AUTH TLS\r\n" },
    "234 Proceed with negotiation.\r\n", { tls = { version = "TLSv1.3" } }, { "QUIT\r\n" }, "221 Goodbye.\r\n",
  }, sent = "FEAT\r\nAUTH TLS\r\n" .. peer.HELLO .. "QUIT\r\n", fields = {
    banner = "(vsFTPd 3.0.3)", code = 220, feat_code = 211, features = { "EPRT", "AUTH TLS", "UTF8" },
    auth_code = 234,
  } },
  { "a greeting of several lines, no features", {
    "220-Welcome to\r\nthe 220 archive\r\n220-of example\r\n220 ProFTPD\r\n", { "FEAT\r\n" }, "500 what?\r\n",
    { "AUTH TLS\r\n" }, "502 what?\r\n", { "QUIT\r\n" },
  }, fields = {
    banner = "Welcome to\nthe 220 archive\nof example\nProFTPD", code = 220, feat_code = 500, auth_code = 502,
  } },
  { "a server that has TLS, but no features to tell of", {
    "220 x\r\n", { "FEAT\r\n" }, "502 no\r\n", { "AUTH TLS\r\n" }, "234 go\r\n", { tls = { version = "TLSv1.3" } },
    { "QUIT\r\n" },
  }, sent = "FEAT\r\nAUTH TLS\r\n" .. peer.HELLO .. "QUIT\r\n",
    fields = { banner = "x", code = 220, feat_code = 502, auth_code = 234 } },
  { "a server that is full", { "421 Too many users\r\n" }, sent = "",
    fields = { banner = "Too many users", code = 421 } },
  growing = { "banner" },
  hostile = {
    { "words put before TLS", {
      "220 x\r\n", { "FEAT\r\n" }, "211-\r\n AUTH SSL;TLS\r\n211 End\r\n", { "AUTH TLS\r\n" },
      "234 go\r\n230 injected\r\n", { tls = { version = "TLSv1.3" } },
    }, outcome = "tls", fields = {
      banner = "x", code = 220, feat_code = 211, features = { "AUTH SSL;TLS" }, auth_code = 234,
    } },
    { "a greeting that never ends", { "220-\r\n" .. ("220-more\r\n"):rep(1000) } },
    { "features that never end", { "220 x\r\n", { "FEAT\r\n" }, "211-\r\n" .. (" A\r\n"):rep(1000) } },
    { "a line that never ends", { "220 " .. ("x"):rep(9000) }, outcome = "overflow", fields = {} },
    { "an answer that is no reply", { "220 x\r\n", { "FEAT\r\n" }, "\0\1\2\r\n" },
      fields = { banner = "x", code = 220 } },
  },
})
