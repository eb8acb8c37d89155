-- Waiting and fingerprints: which servers speak first, and what word their greetings have in common (LZR).

local WORDS = { ssh = { "ssh" }, smtp = { "smtp" }, telnet = { "login", "user" }, vnc = { "rfb" } }
local SHARES = { { "ssh", 99.99 }, { "smtp", 90 }, { "telnet", 72 }, { "vnc", 100 } }
local ON = { [22] = "ssh", [25] = "smtp", [23] = "telnet", [5900] = "vnc" }
local PLACES = 16

-- Whether the first bytes hold one of the words; bytes that are no text come in base 64.
local function says(lab, record, words)
  local text = (record.data or lab:decode(record.data_base64 or "")):lower()
  for _, word in ipairs(words) do
    if text:find(word, 1, true) then return true end
  end
  return false
end

local function run(lab)
  local greetings, services = lab:tally(), lab:tally()
  lab:scan { handshakes = { "wait" }, each = function(record)
    if record.service then services:add(record.service) end
    local name = ON[record.port]
    if name and (record.data or record.data_base64) then greetings:add(name, says(lab, record, WORDS[name])) end
  end }
  for _, row in ipairs(SHARES) do
    local name, share = unpack(row)
    lab:expect_share(("greetings of %s with '%s'"):format(name, table.concat(WORDS[name], "' or '")),
      greetings:get(name, true), greetings:get(name), share, { pp = 0.3 })
  end
  local found = services:rows()
  table.sort(found)
  lab:expect_same("found by waiting alone", found, { "ftp", "imap", "mysql", "pop3", "smtp", "ssh", "telnet", "vnc" })
end

local function targets(first, bits)
  local list = {}
  for i = 1, PLACES do list[i] = ("%d.%d.0.0/%d"):format(first, i, bits) end
  return list
end

return { world = "greetings", targets = { small = targets(10, 24), full = targets(20, 19) }, run = run }
