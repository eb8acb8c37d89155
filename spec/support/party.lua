-- Builds and loads spec/support/party.c against the core under test, once per variant.
local _, ffi = require "spec.support.c" ("transport_raw", "link_pipe", "link_fault", "error")

local core = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"
local sanitized = os.getenv "LD_PRELOAD" and "-fsanitize=address,undefined -fno-omit-frame-pointer " or ""
return require "spec.support.library" (ffi, "party", core:match "^(.*)/" or ".", "-O2 " .. sanitized .. core)
