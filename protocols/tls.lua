-- TLS (RFC 8446, RFC 5246): opens as a browser would and reads the ServerHello; to its end, it is a whole TLS handshake.
--
-- For the first answer only, the ClientHello is our own and made from the scan's seed. To its end (--full), OpenSSL
-- makes the session, and what speaks inside is looked for next; the session's facts are the record's `tls`.
local messages = require "sonde.tls_messages"

local tls = {
  name = "tls", first = "client", timeout = 8,
  ports = { 443, 8443, 993, 995, 465, 563, 636, 853, 989, 990, 2376, 3269, 5061, 5223, 5671, 6443, 6697, 8883, 9001, 64738 },
  fields = messages.fields,
}

local extension = messages.extension

-- Ports where something else than HTTP is at home: a server there may turn a client away that offers HTTP (RFC 7301 section 3.2).
local NOT_HTTP = {}
for _, port in ipairs(tls.ports) do NOT_HTTP[port] = true end
for _, port in ipairs { 443, 8443, 2376, 6443 } do NOT_HTTP[port] = nil end

local CIPHERS = {
  0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x9C, 0x9D, 0x2F, 0x35,
}
local SIGNATURES = { 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201 }

local function browser_hello(name, random, session, key)
  local extensions = {
    extension.extended_master_secret(), extension.renegotiation_info(), extension.supported_groups { 29, 23, 24 },
    extension.point_formats(), extension.alpn { "h2", "http/1.1" }, extension.psk_modes(),
    extension.supported_versions { 0x304, 0x303 }, extension.signature_algorithms(SIGNATURES), extension.key_share(29, key),
  }
  if name then table.insert(extensions, 1, extension.server_name(name)) end
  return messages.client_hello {
    version = 0x303, record_version = 0x301, random = random, session = session, ciphers = CIPHERS, extensions = extensions,
  }
end

-- Where there is no name to ask for, all but these three is the same for every target: it is made once.
local RANDOM, SESSION, KEY = ("r"):rep(32), ("s"):rep(32), ("k"):rep(32)
local HEAD, MIDDLE, EXTENSIONS, END = browser_hello(nil, RANDOM, SESSION, KEY):match(
  "^(.*)" .. RANDOM .. "(.*)" .. SESSION .. "(.*)" .. KEY .. "(.*)$")

function tls.handshake(conn, record)
  if conn.full then
    conn:start_tls { alpn = not NOT_HTTP[conn.port] and "http/1.1" or nil }   -- with h2, HTTP/1.1 is not understood inside
  else
    local name = messages.server_name(conn)
    local key, random, session = conn:random(32), conn:random(32), conn:random(32)
    if name then
      conn:send(browser_hello(name, random, session, key))
    else
      conn:send(HEAD, random, MIDDLE, session, EXTENSIONS, key, END)
    end
    messages.receive_answer(conn, record)
  end
end

tls.learn = messages.read_answer

return tls
