local behaves = require "spec.support.behaves"

local function echoed(sent) return "\0RES\0\0\0\17\0\0\0\8" .. sent:sub(13, 20) end

behaves("gearman", {
  { "gearmand", { { 20 }, echoed, { "version\r\n" }, "OK 1.1.20\r\n" }, fields = { echo = true, version = "1.1.20" } },
  { "the server in Perl", { { 20 }, echoed, { "version\r\n" }, "1.13\n" }, fields = { echo = true, version = "1.13" } },
  hostile = {
    { "an echo of our own bytes", { { 20 }, function(sent) return sent end }, fields = {} },
    { "an echo of 4 GiB", { "\0RES\0\0\0\17\255\255\255\255" }, fields = {} },
    { "another answer", { "\0RES\0\0\0\19\0\0\0\8ERR_CODE" }, fields = {} },
    { "a version that is none", { { 20 }, echoed, "ERR unknown\r\n" }, fields = { echo = true } },
  },
})
