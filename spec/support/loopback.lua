-- Builds and loads spec/support/loopback.c: servers on loopback, and a recording transport handler.
local _, ffi = require "spec.support.c" ("transport")

local loaded = require "spec.support.library" (ffi, "loopback", "build/spec")
loaded.ignore_sigpipe()
return loaded
