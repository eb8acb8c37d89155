-- The simulated twins of the lab's middleboxes: the same addresses, behaving as spec/lab/middlebox_spec.lua has them behave on a
-- real link. Those up to 198.18.64.19 are Linux behind nftables there, the others answer from an AF_PACKET socket.

local PORT = 7000

local hosts = {
  [1] = "silent", [2] = "echo", [3] = "close_after_ack", [4] = "reset_after_ack", [5] = "half_open", [6] = "reset_before_ack",
  [7] = "shuns_address", [8] = "shuns_port", [9] = "firewall", [10] = "drop", [11] = "refuse",
  [21] = "no_ack", [22] = "zero_window", [23] = "slow_window", [24] = "tarpit", [25] = "big_ip", [26] = "close_before_ack",
}

local kinds = {
  shuns_address = { { behaviour = "silent", ports = PORT }, shuns = "source" },
  shuns_port = { { behaviour = "silent", ports = PORT }, shuns = "port" },
  firewall = { other = "silent" },
}
local networks = {}
for number, name in pairs(hosts) do
  -- Who answers from a packet socket does so for all of a host's ports.
  kinds[name] = kinds[name] or { { behaviour = name, ports = PORT }, other = number > 20 and name or nil }
  networks[#networks + 1] = {
    prefix = ("198.18.64.%d/32"):format(number), density = 1, hosts = { [name] = 1 }, rtt = { 0.001, 0.001 },
  }
end
table.sort(networks, function(a, b) return a.prefix < b.prefix end)

return { targets = { "198.18.64.1-198.18.64.11", "198.18.64.21-198.18.64.26" }, ports = tostring(PORT), networks = networks,
  kinds = kinds }
