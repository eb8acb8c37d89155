-- ManageSieve (RFC 5804 section 1.7): the server lists what it can at once. Sends LOGOUT.
local expect = require "sonde.expect"

local managesieve = {
  name = "managesieve", ports = { 4190 }, first = "server", timeout = 8,
  fields = {
    implementation = "server software", sasl = "mechanisms for login (list of strings)",
    extensions = "of Sieve (list of strings)", starttls = "whether TLS is offered (boolean)",
    version = "of the protocol", status = "OK, NO or BYE", banner = "text of it",
  },
}

local LINES_MAX, WORDS_MAX = 32, 64

local function words(value)
  local list = {}
  for word in value:gmatch "%S+" do
    if #list < WORDS_MAX then list[#list + 1] = word end
  end
  return list[1] and list
end

local learn = {}

function learn.IMPLEMENTATION(record, value) record.implementation = value end
function learn.VERSION(record, value) record.version = value end
function learn.SASL(record, value) record.sasl = words(value) end
function learn.SIEVE(record, value) record.extensions = words(value) end
function learn.STARTTLS(record) record.starttls = true end

function managesieve.handshake(conn, record)
  expect(conn:peek(1):find '["ONB]', "no capabilities")
  for _ = 1, LINES_MAX do
    local line = conn:receive_line()
    local name, value = line:match '^"([^"]+)" ?"?([^"]*)"?$'
    if not name then
      local status, text = line:match '^(%u+) ?"?([^"]*)"?$'
      expect(status == "OK" or status == "NO" or status == "BYE", "no capabilities")
      record.status, record.banner = status, text
      if status == "OK" then record.starttls = record.starttls or false end
      conn:send "LOGOUT\r\n"
      return
    end
    if learn[name:upper()] then learn[name:upper()](record, value) end
  end
  expect(false, "endless capabilities")
end

return managesieve
