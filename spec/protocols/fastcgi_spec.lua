local behaves = require "spec.support.behaves"
local wire = require "sonde.wire"

local names = "\14\0FCGI_MAX_CONNS\13\0FCGI_MAX_REQS\15\0FCGI_MPXS_CONNS"
local asked = "\1\9\0\0\0\48\8\0" .. names .. ("\0"):rep(8)   -- padded, as a library wants it
local function result(body) return wire.pack(">B B I2 I2 B x", 1, 10, 0, #body, 0) .. body end

behaves("fastcgi", {
  { "a manager of processes", { { asked }, result "\14\1FCGI_MAX_CONNS1\13\1FCGI_MAX_REQS1\15\1FCGI_MPXS_CONNS0" },
    sent = asked, fields = { max_conns = 1, max_reqs = 1, multiplexes = false } },
  { "an application that knows one, with a long length", { result "\15\128\0\0\1FCGI_MPXS_CONNS1" },
    fields = { multiplexes = true } },
  { "an application that knows none", { result "" }, fields = {} },
  hostile = {
    { "our own bytes", { { asked }, asked }, fields = {} },
    { "a value that leaves the result", { result "\1\9ab" }, fields = {} },
    { "a value of 2 GiB", { result "\1\255\255\255\255a" }, fields = {} },
    { "a result of 64 kB", { "\1\10\0\0\255\255\0\0" }, fields = {} },
    { "names without end", { result(("\0\0"):rep(100)) }, outcome = "done", fields = {} },
  },
})
