-- L7 filtering: hosts that answer one of two handshakes of the same protocol, but not the other (LZR).

local PAIRS = {
  { port = "8081", service = "http", handshakes = { "http", "http_options" }, shares = { 27, 7.3, 65.7 } },
  { port = "1723", service = "pptp", handshakes = { "pptp", "pptp_bad_cookie" }, shares = { 67.1, 0.001, 32.8 } },
  { port = "443", service = "tls", handshakes = { "tls", "tls_export" }, shares = { 2.65, 0.05, 97.3 } },
}

local function run(lab)
  for number, pair in ipairs(PAIRS) do
    local answered = lab:tally()
    local target = lab.size == "small" and ("10.%d.0.0/21"):format(2 * number) or ("20.%d.0.0/16"):format(2 * number)
    lab:scan { targets = { target }, ports = pair.port, handshakes = pair.handshakes, each = function(record)
      local first, second = record.attempts[1].service == pair.service, record.attempts[2].service == pair.service
      if first or second then answered:add(first and second and "both" or first and "first" or "second") end
    end }
    local all = answered:get()
    for i, which in ipairs { "first", "second", "both" } do
      local name = which == "both" and "both" or pair.handshakes[i] .. " only"
      lab:expect_share(("port %s answers %s"):format(pair.port, name), answered:get(which), all, pair.shares[i], { pp = 0.1 })
    end
  end
end

return { world = "filtered-handshakes", run = run }
