-- What is true of the servers in spec/worlds/servers/banner.lua.
local ways = { wait = "unidentified", http = "unidentified", tls = "unidentified", newlines = "unidentified" }

return {
  specification = "a made-up text",
  hosts = {
    { service = "unidentified", fields = { line = "bridge controller 7, ready" }, ways = ways },
    { service = "unidentified", fields = { line = "no line" }, ways = ways },
  },
  strict = {},
}
