-- Subversion's svnserve (ra_svn protocol, section 2.1): the server says which versions it speaks. Sends nothing.
local expect = require "sonde.expect"

local svn = {
  name = "svn", ports = { 3690 }, first = "server", timeout = 5,
  fields = {
    version_min = "lowest protocol version (number)", version_max = "highest (number)",
    capabilities = "what it can do (list of strings)", error = "number of an error (number)",
  },
}

local CAPABILITIES_MAX = 64

function svn.handshake(conn, record)
  expect(conn:peek(2) == "( ", "no greeting")
  local greeting = conn:receive_until(" %) %) %) ", 4096)
  record.error = tonumber(greeting:match "^%( failure %( %( (%d+) ")
  if record.error then return end
  local low, high, words = greeting:match "^%( success %( (%d+) (%d+) %( [^()]*%) %( ([^()]*)%) %) %) $"
  expect(low, "no greeting")
  record.version_min, record.version_max = tonumber(low), tonumber(high)
  local list = {}
  for word in words:gmatch "%S+" do
    if #list < CAPABILITIES_MAX then list[#list + 1] = word end
  end
  record.capabilities = list[1] and list
end

return svn
