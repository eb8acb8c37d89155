-- Telnet (RFC 854, RFC 855): refuses every option the server brings up, reads the first screen up to a login prompt.
local expect = require "sonde.expect"

local telnet = {
  name = "telnet", ports = { 23, 2323 }, first = "server", timeout = 8,
  fields = {
    options = 'what the server negotiates, e.g. "do 24" (list of strings)', text = "first screen, commands taken out",
  },
}

local IAC, SE, SB, WILL, DO = "\255", "\240", "\250", "\251", "\253"
local WONT, DONT = "\252", "\254"
local VERBS = { [WILL] = "will", [WONT] = "wont", [DO] = "do", [DONT] = "dont" }
local REFUSALS = { [WILL] = DONT, [DO] = WONT }
local BYTES_MAX, TEXT_MAX, SUBNEGOTIATION_MAX = 4096, 2048, 512
local PROMPTS = { "login: $", "username: $", "user: $", "password: $" }

local function skip_subnegotiation(conn)
  for _ = 1, SUBNEGOTIATION_MAX do
    if conn:receive(1) == IAC and conn:receive(1) == SE then return end
  end
  expect(false, "endless subnegotiation")
end

-- Answers each request once: answering a repeated one again is how two Telnets loop (RFC 1143).
local function negotiate(conn, record, seen, verb)
  local option = conn:receive(1)
  if seen[verb .. option] then return end
  seen[verb .. option] = true
  record.options = record.options or {}
  table.insert(record.options, VERBS[verb] .. " " .. option:byte())
  if REFUSALS[verb] then conn:send(IAC, REFUSALS[verb], option) end
end

local function prompts(text)
  local line = text:sub(-40):lower()
  for _, prompt in ipairs(PROMPTS) do
    if line:find(prompt) then return true end
  end
end

function telnet.handshake(conn, record)
  local seen, text = {}, ""
  for _ = 1, BYTES_MAX do
    local byte = conn:receive(1)
    local command = byte == IAC and conn:receive(1)
    if VERBS[command] then
      negotiate(conn, record, seen, command)
    elseif command == SB then
      skip_subnegotiation(conn)
    elseif not command or command == IAC then  -- IAC IAC is the byte 255 itself
      text = text .. byte
      record.text = text
    end
    if #text == TEXT_MAX or byte == " " and prompts(text) then break end
  end
  expect(record.options, "no Telnet option negotiated")
end

return telnet
