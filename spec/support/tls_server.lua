-- Builds and loads spec/support/tls_server.c: a TLS server in memory.
local _, ffi = require "spec.support.c" ("tls")

return require "spec.support.library" (ffi, "tls_server", "build/spec", "-lssl -lcrypto")
