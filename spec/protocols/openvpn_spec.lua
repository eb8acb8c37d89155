local behaves = require "spec.support.behaves"

local function answer(more)
  return function(sent) return "\0\26\64serverid\1\0\0\0\0" .. sent:sub(4, 11) .. "\0\0\0\0" .. (more or "") end
end

behaves("openvpn", {
  { "a server", { { 16 }, answer() }, fields = { acknowledged = true, key_id = 0 } },
  { "a server that names another session", { { 16 }, "\0\26\66serverid\1\0\0\0\0clientid\0\0\0\0" },
    fields = { acknowledged = false, key_id = 2 } },
  { "a server that acknowledges later", { "\0\14\64serverid\0\0\0\0\0" }, fields = { acknowledged = false, key_id = 0 } },
  hostile = {
    { "our own bytes", { { 16 }, function(sent) return sent end }, fields = {} },
    { "a packet of 64 kB", { "\255\255\64" }, fields = {} },
    { "more acknowledgments than there are", { "\0\14\64serverid\8\0\0\0\0" }, fields = { key_id = 0 } },
  },
})
