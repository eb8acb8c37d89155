-- The optimal order of handshakes, on assigned ports and on ephemeral ones, with and without the cost of asking (LZR).

local EXPECTED = {
  { name = "assigned", port = "8000", first = "tls", alone = 80.3, targets = { small = "10.1.0.0/22", full = "20.1.0.0/16" },
    handshakes = { "wait", "tls", "http", "dns", "pptp", "mqtt" },
    gains = { { "wait", 51.3 }, { "tls", 29.0 }, { "http", 13.6 }, { "dns", 3.4 }, { "pptp", 1.8 } } },
  { name = "ephemeral", port = "45678", first = "http", alone = 83.4,
    targets = { small = "10.2.0.0/20", full = "20.2.0.0/16" },
    handshakes = { "wait", "tls", "http", "pptp", "oracle", "mqtt", "postgres", "mssql", "modbus" },
    gains = { { "wait", 66.3 }, { "http", 17.1 }, { "tls", 15.9 }, { "oracle", 0.23 }, { "pptp", 0.14 } } },
}

local function run(lab)
  for _, ports in ipairs(EXPECTED) do
    local services, greedy = lab:order {
      targets = { ports.targets[lab.size] }, ports = ports.port, handshakes = ports.handshakes,
    }
    local steps, expected, measured = greedy "messages", {}, {}
    for i, gain in ipairs(ports.gains) do
      expected[i], measured[i] = gain[1], steps[i] and steps[i].handshake or "-"
    end
    lab:expect_same(ports.name .. ": the order", measured, expected)
    for i, gain in ipairs(ports.gains) do
      lab:expect_share(ports.name .. ": what " .. gain[1] .. " adds", steps[i].found, services, gain[2], { pp = 0.01 })
    end
    local first = greedy "none"[1]
    lab:expect_same(ports.name .. ": first where all cost the same", first.handshake, ports.first)
    lab:expect_share(ports.name .. ": what it finds alone", first.found, services, ports.alone, { pp = 0.01 })
  end
end

return { world = "handshake-order", run = run }
