-- The libraries of spec/support: what they made may outlive whoever loaded them.
local SCRIPT = [[
  local ffi = require "ffi"
  local library = require "spec.support.tls_server"
  local config = ffi.new("struct tls_server_config", { key = "EC", not_before = 1780000000, not_after = 1790000000 })
  local server = ffi.gc(library.tls_server_create(config), library.tls_server_destroy)
  library, package.loaded["spec.support.tls_server"] = nil, nil
  for _ = 1, 2 do collectgarbage() end
  assert(server ~= nil)
  server = nil
  for _ = 1, 2 do collectgarbage() end
  io.write "alive"
]]

describe("a library of specs", function()
  it("is there for the finalizers of what it made, when nobody holds it any more", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(SCRIPT)
    file:close()
    local pipe = assert(io.popen("LUA_PATH='./?.lua;engine/lua/?.lua;;' luajit " .. path .. " 2>&1"))
    local said = pipe:read "*a"
    pipe:close()
    assert.equal("alive", said)
  end)
end)
