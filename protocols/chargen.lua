-- Character generator (RFC 864): the server sends characters until we close. Reads 72 of them; sends nothing.
local expect = require "sonde.expect"

local chargen = {
  name = "chargen", ports = { 19 }, first = "server", timeout = 5,
  fields = { line = "the first 72 characters" },
}

local LINE_SIZE, FIRST, COUNT = 72, 32, 95   -- the recommended pattern: each character and the one after it

function chargen.handshake(conn, record)
  expect(conn:peek(1):find "[\32-\126]", "no character")
  local line = conn:receive(LINE_SIZE)
  for at = 2, LINE_SIZE do
    local following = FIRST + (line:byte(at - 1) + 1 - FIRST) % COUNT
    expect(line:byte(at) == following or line:byte(at) == FIRST + 1 and following == FIRST, "no pattern")
  end
  record.line = line
  conn:close()
end

return chargen
