-- Four protections, each in a network of its own, in front of MongoDB's port (LZR, section 2).

local kinds = {
  dynamic_blocking = { { behaviour = "no_ack", ports = 27017 } },
  zero_window = { { behaviour = "zero_window", ports = 27017 } },
  reset = { { behaviour = "reset_before_ack", ports = 27017 } },
  shunning = { { service = "mongodb", ports = 27017 }, shuns = true },
}

local networks = {}
for i, kind in ipairs { "dynamic_blocking", "zero_window", "reset", "shunning" } do
  for _, prefix in ipairs { ("10.%d.0.0/22"):format(i), ("20.%d.0.0/15"):format(2 * i) } do -- small, full
    networks[#networks + 1] = {
      prefix = prefix, density = 0.25, rtt = { 0.01, 0.25 }, hosts = { [kind] = 1 }, as = 64500 + i, name = kind,
    }
  end
end

return {
  targets = { "10.1.0.0/22", "10.2.0.0/22", "10.3.0.0/22", "10.4.0.0/22" }, ports = "27017", networks = networks, kinds = kinds,
}
