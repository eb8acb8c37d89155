-- FTP (RFC 959): reads the greeting, asks for the features (RFC 2389, allowed before login); AUTH TLS (RFC 4217); QUIT.
local expect = require "sonde.expect"

local ftp = {
  name = "ftp", ports = { 21 }, tls_ports = { 990 }, first = "server", timeout = 8,
  fields = {
    banner = "text of the greeting, lines joined with LF", code = "reply code of the greeting (number)",
    features = "answer to FEAT (list of strings)", feat_code = "reply code to FEAT (number)",
    auth_code = "reply code to AUTH TLS (number)",
  },
}

local LINES_MAX = 64

-- One reply (section 4.2): "220 text", or "220-text", lines of any kind, "220 text". Calls learn(code, text, place) for
-- each line as it comes, place being "only", "first", "inner" or "last".
local function receive_reply(conn, learn)
  local code, more, text = conn:receive_line():match "^(%d%d%d)([ -]?)(.*)$"
  expect(code, "no FTP reply")
  learn(tonumber(code), text, more == "-" and "first" or "only")
  if more ~= "-" then return end
  for _ = 1, LINES_MAX do
    local line = conn:receive_line()
    local last = line:match("^" .. code .. " (.*)$") or line == code and ""
    learn(tonumber(code), last or line:gsub("^" .. code .. "%-", ""), last and "last" or "inner")
    if last then return end
  end
  expect(false, "endless FTP reply")
end

-- RFC 4217 section 6: "AUTH TLS", or a list such as "AUTH SSL;TLS".
local function offers_tls(features)
  for _, feature in ipairs(features or {}) do
    if feature:upper():find "^AUTH .*TLS" then return true end
  end
end

function ftp.handshake(conn, record)
  receive_reply(conn, function(code, text)
    record.code, record.banner = code, record.banner and record.banner .. "\n" .. text or text
  end)
  if record.code ~= 220 then return end
  conn:send "FEAT\r\n"
  receive_reply(conn, function(code, text, place)
    record.feat_code = code
    if code == 211 and place == "inner" then
      record.features = record.features or {}
      table.insert(record.features, (text:gsub("^%s+", "")))
    end
  end)
  -- Who has no FEAT may know AUTH all the same.
  if offers_tls(record.features) or record.feat_code == 500 or record.feat_code == 502 then
    conn:send "AUTH TLS\r\n"
    receive_reply(conn, function(code) record.auth_code = code end)
    if record.auth_code == 234 then conn:start_tls() end
  end
  conn:send "QUIT\r\n"
end

return ftp
