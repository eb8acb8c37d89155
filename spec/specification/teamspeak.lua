-- What is true of the servers in spec/worlds/servers/teamspeak.lua.

local GREETING = 'TS3\n\rWelcome to the TeamSpeak 3 ServerQuery interface, type "help" for a list of commands and ' ..
  '"help <command>" ' .. "for information on a specific command.\n\r"
local BANNER = GREETING:sub(6, -3)
local ways = { wait = "teamspeak", http = "teamspeak", tls = "teamspeak", newlines = "teamspeak" }
local VERSION = GREETING .. "version=3.0.0-beta16 build=9929 platform=Linux\n\rerror id=0 msg=ok\n\r"

return {
  specification = "the TeamSpeak 3 Server Query Manual",
  hosts = {
    { fields = { kind = "TS3", banner = BANNER, version = "3.0.0-beta16", build = "9929", platform = "Linux" }, ways = ways },
    { fields = { kind = "TS3", banner = BANNER, error = 2568, message = "insufficient client permissions" }, ways = ways },
    { fields = { error = 3329, message = "connection failed, you are banned" }, ways = ways },
  },
  asks = {
    { "the manual's example of version", "version\n", VERSION },
    { "the manual's example of quit", "quit\n", GREETING .. "error id=0 msg=ok\n\r", "closed" },
    { "a command that there is none of", "hello\n", GREETING .. "error id=256 msg=command\\snot\\sfound\n\r" },
  },
  strict = { { "version", "version\n", VERSION } },
}
