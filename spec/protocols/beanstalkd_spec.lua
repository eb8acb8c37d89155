local behaves = require "spec.support.behaves"

local function stats(text) return ("OK %d\r\n%s\r\n"):format(#text, text) end

local known = '---\ncurrent-jobs-urgent: 0\nversion: "1.12"\nid: 7d7ae0\nhostname: "queue"\nos: "#1 SMP"\nplatform: "x86_64"\n'

behaves("beanstalkd", {
  { "a server", { { "stats\r\n" }, stats(known), { "quit\r\n" } }, sent = "stats\r\nquit\r\n",
    fields = { version = "1.12", hostname = "queue", os = "#1 SMP", platform = "x86_64" } },
  { "an older one", { stats "---\nversion: 1.4.6\n" }, fields = { version = "1.4.6" } },
  { "one that knows no statistics", { "UNKNOWN_COMMAND\r\n" }, sent = "stats\r\n", fields = { error = "UNKNOWN_COMMAND" } },
  hostile = {
    { "statistics of 99 kB", { "OK 99999\r\n---\n" }, fields = {} },
    { "statistics without a version", { stats "---\n" }, fields = {} },
    { "a length that is none", { "OK x\r\n" }, fields = {} },
    { "an OK of another kind", { "OK ready\r\n" }, fields = {} },
  },
})
