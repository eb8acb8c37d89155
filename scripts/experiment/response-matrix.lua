-- Response matrix: which protocols answer to handshakes that are not their own (LZR).

-- Answering share to TLS, two newlines, GET, wait.
local EXPECTED = {
  ipmi = { .86, .86, .86, 0 }, amqp = { .95, .95, .94, 0 }, kubernetes = { .98, .83, .98, 0 }, smtp = { .99, 1, 1, .79 },
  ssh = { .93, .96, .96, .98 }, telnet = { .98, .97, .97, .97 }, vnc = { .98, .99, .98, .96 },
  ftp = { .97, .99, .99, .99 }, pop3 = { 1, 1, .99, .99 }, imap = { 1, .99, .99, 1 }, mysql = { .99, .99, .99, 1 },
  http = { .67, .21, 1, 0 }, ipp = { .29, .02, .96, 0 }, mongodb = { .01, 0, .9, 0 }, redis = { .09, 0, .76, 0 },
  mqtt = { .03, 0, 0, 0 }, postgres = { .01, .01, .01, 0 }, smb = { 0, 0, 0, 0 }, siemens = { 0, 0, 0, 0 },
  pptp = { 0, 0, 0, 0 }, oracle = { 0, 0, 0, 0 }, mssql = { 0, 0, 0, 0 }, modbus = { 0, 0, 0, 0 }, dnp3 = { 0, 0, 0, 0 },
  dns = { 0, 0, 0, 0 }, memcached = { .53, .53, .3, 0 }, rdp = { .98, 0, 0, 0 }, tls = { 1, .04, .41, 0 },
}
local QUESTIONS = { "tls", "newlines", "http", "wait" }

-- Each host's own protocol is the one its port is for: its handshake tells what the host is, before all others.
local POLICY = [[
local own = {
  [623] = "ipmi", [5672] = "amqp", [6443] = "kubernetes", [25] = "smtp", [22] = "ssh", [23] = "telnet", [5900] = "vnc",
  [21] = "ftp", [110] = "pop3", [143] = "imap", [3306] = "mysql", [80] = "http", [631] = "ipp", [27017] = "mongodb",
  [6379] = "redis", [1883] = "mqtt", [5432] = "postgres", [445] = "smb", [102] = "siemens", [1723] = "pptp",
  [1521] = "oracle", [1433] = "mssql", [502] = "modbus", [20000] = "dnp3", [53] = "dns", [11211] = "memcached",
  [3389] = "rdp", [443] = "tls",
}
return function(target)
  target:try(own[target.port])
  for _, name in ipairs { "tls", "newlines", "http", "wait", "newlines50" } do
    if name ~= own[target.port] then target:try(name, { fresh = true }) end
  end
end]]

-- The port's own protocol, where some answer is in it.
local function protocol_of(record)
  local own = record.attempts[1] and record.attempts[1].handshake
  for _, attempt in ipairs(record.attempts) do
    if attempt.service == own then return own end
  end
end

local function run(lab)
  local answered, useful, more_lines, others = lab:tally(), 0, lab:tally(), 0
  lab:scan { script = POLICY, each = function(record)
    local protocol = protocol_of(record)
    if not protocol then
      others = others + 1
      return
    end
    answered:add(protocol, "hosts")
    for _, attempt in ipairs(record.attempts) do
      if attempt.outcome == "answered" then answered:add(protocol, attempt.handshake) end
    end
  end }
  local names = {}
  for protocol in pairs(EXPECTED) do names[#names + 1] = protocol end
  table.sort(names)
  for _, protocol in ipairs(names) do
    local hosts = answered:get(protocol, "hosts")
    for i, question in ipairs(QUESTIONS) do
      lab:expect_share(protocol .. " answers " .. question, answered:get(protocol, question), hosts,
        100 * EXPECTED[protocol][i], { pp = 2 })
    end
    -- A connection in a thousand may meet what an earlier one from the same port has left behind.
    more_lines:add(math.abs(answered:get(protocol, "newlines") - answered:get(protocol, "newlines50")) <= hosts / 1000)
    if math.max(answered:get(protocol, "http"), answered:get(protocol, "newlines")) >= hosts / 2 then useful = useful + 1 end
  end
  lab:expect_same("hosts that are not what their port is for", others, 0)
  lab:expect_same("protocols that answer GET or newlines at 50% or more", useful, 16)
  lab:expect_same("protocols to which 50 newlines are as 2", more_lines:get(true), #names)
end

local function targets(first, bits)
  local list = {}
  for row = 1, 28 do list[row] = ("10.%d.0.0/%d"):format(first + row, bits) end
  return list
end

return { world = "response-matrix", targets = { small = targets(0, 25), full = targets(100, 20) }, run = run }
