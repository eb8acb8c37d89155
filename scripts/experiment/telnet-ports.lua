-- Table 1: Telnet by port, and the network that most of a port's hosts are in (LZR).

local EXPECTED = {
  { 23, 2606, 10318, 8.7 }, { 5523, 521, 28573, 87 }, { 9002, 396, 12874, 4 }, { 6002, 232, 12874, 6 },
  { 8000, 158, 17858, 89 },
}

local function run(lab)
  local networks, found = lab:networks(), lab:tally()
  lab:scan { policy = "lzr", each = function(record)
    if record.service == "telnet" then found:add(record.port, networks:find(record.address).as) end
  end }
  local order = {}
  for i, row in ipairs(EXPECTED) do
    local port, hosts, as, share = unpack(row)
    order[i] = port
    local first = found:columns(port)[1]
    lab:expect_same(("port %d: hosts with Telnet"):format(port), found:get(port), hosts)
    lab:expect_same(("port %d: network with most of them"):format(port), first, as)
    local rounded = share % 1 > 0 and "%.1f" or "%.0f"   -- as the table has it
    local measured = 100 * found:get(port, first) / found:get(port)
    lab:expect_same(("port %d: its share, %%"):format(port), rounded:format(measured), rounded:format(share))
  end
  lab:expect_same("ports by hosts", found:rows(), order)
end

return {
  world = "telnet-ports", targets = { small = { "10.0.0.0/17" }, full = { "20.0.0.0/12" } }, run = run,
}
