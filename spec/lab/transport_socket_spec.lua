-- What the socket transport makes of a network's refusals, in a network namespace that ends with its process.
local C = require "spec.support.c" ("transport")

local SETUP = {
  "ip link set lo up",
  "sysctl -qw net.ipv4.ip_local_port_range='40000 40001'",
  "nft add table inet spec",
  "nft add chain inet spec input '{ type filter hook input priority 0; }'",
  "nft add rule inet spec input meta nfproto ipv4 tcp dport 1001 reject with icmp type host-unreachable",
  "nft add rule inet spec input meta nfproto ipv4 tcp dport 1002 reject with icmp type admin-prohibited",
  "nft add rule inet spec input meta nfproto ipv4 tcp dport 1003 reject with icmp type port-unreachable",
  "nft add rule inet spec input meta nfproto ipv6 tcp dport 1001 reject with icmpv6 type admin-prohibited",
  "nft add rule inet spec input tcp dport 1004 drop",
}

local function output_of(command)
  local pipe = io.popen(command .. " 2>&1")
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local is_root = output_of "id -u" == "0\n"

-- Probes all of "address port" in one namespace; returns what came of each.
local function probe(...)
  local words = table.concat({ ... }, " ")
  local script = table.concat(SETUP, " && ") .. " && exec timeout 20 luajit spec/lab/transport_socket_inside.lua " .. words
  local text = output_of("unshare -n sh -c \"" .. script .. "\"")
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  assert(#lines == select("#", ...), text)
  return lines
end

describe("socket transport in a network", function()
  if not is_root then
    pending "needs root for a network namespace of its own"
    return
  end

  local function told(refusal, icmp) return ("%d %s"):format(refusal, icmp or "0/0") end

  it("tells ICMP errors from RSTs, silence and missing routes, with type and code", function()
    assert.same({
      told(C.REFUSAL_UNREACHABLE, "3/1"), told(C.REFUSAL_UNREACHABLE, "3/13"), told(C.REFUSAL_UNREACHABLE, "3/3"),
      told(C.REFUSAL_UNREACHABLE, "1/1"), told(C.REFUSAL_FILTERED), told(C.REFUSAL_REFUSED), told(C.REFUSAL_LOCAL),
      told(C.REFUSAL_LOCAL),
    }, probe("127.0.0.1 1001", "127.0.0.1 1002", "127.0.0.1 1003", "::1 1001", "127.0.0.1 1004", "127.0.0.1 1005",
      "198.18.0.1 80", "2001:db8::1 80"))
  end)

  it("does not take a connection to itself for a server", function()
    assert.same({ told(C.REFUSAL_REFUSED), told(C.REFUSAL_REFUSED) }, probe("127.0.0.1 40000", "127.0.0.1 40001"))
  end)
end)
