-- What naming an answer costs: luajit spec/bench/signatures.lua (from the project's root; JIT off, as in a scan).
package.path = "engine/lua/?.lua;./?.lua;" .. package.path
jit.off()

local signature = require "sonde.signature"
local set = require "spec.support.signatures".set

local ROUNDS = 50000
local COMMON = { "http", "tls", "ssh", "ftp", "smtp", "pop3", "imap", "telnet", "mysql", "dns" }

-- Microseconds that identify takes for `bytes`.
local function cost(bytes)
  for _ = 1, 1000 do signature.identify(set, bytes) end
  local start = os.clock()
  for _ = 1, ROUNDS do signature.identify(set, bytes) end
  return (os.clock() - start) / ROUNDS * 1e6
end

local common = {}
for _, name in ipairs(COMMON) do common[name] = true end

for _, each in ipairs(set.all) do
  if common[each.protocol] then
    local sum, count, worst = 0, 0, 0
    for bytes in pairs(each.given.examples) do
      local spent = cost(bytes)
      sum, count, worst = sum + spent, count + 1, math.max(worst, spent)
    end
    print(("%-8s %5.2f us on average over %d examples, at most %.2f us"):format(each.protocol, sum / count, count, worst))
  end
end
print(("%-8s %5.2f us"):format("unknown", cost("\17\54\99\1\2\3\4\5\6\7")))
