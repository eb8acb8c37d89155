-- ManageSieve (RFC 5804 section 1.7): the server lists what it can at once. STARTTLS; LOGOUT.
local expect = require "sonde.expect"
local words = require "sonde.words"

local managesieve = {
  name = "managesieve", ports = { 4190 }, first = "server", timeout = 8,
  fields = {
    implementation = "server software", sasl = "mechanisms for login (list of strings)",
    extensions = "of Sieve (list of strings)", starttls = "whether TLS is offered (boolean)",
    version = "of the protocol", status = "OK, NO or BYE", banner = "text of it",
    starttls_status = "the answer to STARTTLS: OK, NO or BYE", tls_sasl = "mechanisms inside TLS (list of strings)",
  },
}

local LINES_MAX, WORDS_MAX = 32, 64

local learn = {}

function learn.IMPLEMENTATION(record, value) record.implementation = value end
function learn.VERSION(record, value) record.version = value end
function learn.SASL(record, value) record.sasl = words.list(value, WORDS_MAX) end
function learn.SIEVE(record, value) record.extensions = words.list(value, WORDS_MAX) end
function learn.STARTTLS(record) record.starttls = true end

-- Reads capabilities up to the answer that ends them; returns its status and text.
local function receive_capabilities(conn, record)
  expect(conn:peek(1):find '["ONB]', "no capabilities")
  for _ = 1, LINES_MAX do
    local line = conn:receive_line()
    local name, value = line:match '^"([^"]+)" ?"?([^"]*)"?$'
    if not name then
      local status, text = line:match '^(%u+) ?"?([^"]*)"?$'
      expect(status == "OK" or status == "NO" or status == "BYE", "no capabilities")
      return status, text
    end
    if learn[name:upper()] then learn[name:upper()](record, value) end
  end
  expect(false, "endless capabilities")
end

function managesieve.handshake(conn, record)
  record.status, record.banner = receive_capabilities(conn, record)
  if record.status == "OK" then record.starttls = record.starttls or false end
  if record.starttls then
    conn:send "STARTTLS\r\n"
    record.starttls_status = receive_capabilities(conn, {})
    if record.starttls_status == "OK" then
      local inside = {}
      conn:start_tls()
      receive_capabilities(conn, inside)   -- section 2.2: it lists them again
      record.tls_sasl = inside.sasl
    end
  end
  conn:send "LOGOUT\r\n"
end

return managesieve
