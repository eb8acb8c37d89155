-- What is true of the listeners in spec/worlds/servers/oracle.lua.
local hex = require "spec.support.hex"

local ways = { http = "closed", tls = "closed" }
local PING, VERSION = "(CONNECT_DATA=(COMMAND=ping))", "(CONNECT_DATA=(COMMAND=reload))"
local WELL = "(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=0)(ALIAS=LISTENER))"
local ELSEWHERE = "(ADDRESS=(PROTOCOL=tcp)(HOST=192.0.2.9)(PORT=1522))"

-- As the thin driver has it: the data 74 bytes from the packet's beginning, sizes twice.
local function connect(data, length)
  length = length or #data
  local size = 74 + #data
  return string.char(math.floor(size / 256), size % 256) .. hex "00 00 01 00 00 00"
    .. hex "01 3F 01 2C 00 01 20 00 20 00 4F 98 00 00 00 01" .. string.char(math.floor(length / 256), length % 256)
    .. hex [[00 4A 00 00 00 00 84 84 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 20 00 00 00
      20 00 00 00 00 00 00 00 00 00]] .. data
end
local function refused(words)
  return string.char(0, 12 + #words) .. hex "00 00 04 00 00 00 22 00 00" .. string.char(#words) .. words
end

local function stack(code)
  return ("(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=%d)(ERROR_STACK=(ERROR=(CODE=%d)(EMFI=4))))"):format(code, code)
end

local LONG = "(CONNECT_DATA=(COMMAND=ping)(NOTE=" .. ("x"):rep(240) .. "))"
local MORE = string.char(math.floor((#LONG + 10) / 256), (#LONG + 10) % 256) .. hex "00 00 06 00 00 00 00 00" .. LONG
local known = { answer = "refuse", version = "19.0.0.0.0", error = 0, alias = "LISTENER", data = WELL }

return {
  specification = "python-oracledb's thin driver",
  hosts = {
    { fields = known, ways = ways },
    { fields = known, ways = ways },
    { fields = { answer = "redirect", data = ELSEWHERE }, ways = ways },
    { fields = { answer = "redirect", data = ELSEWHERE }, ways = ways },
    { fields = { answer = "accept" }, ways = ways },
  },
  asks = {
    { "a ping in the driver's form", connect(PING), refused(WELL), "closed" },
    { "data of more than 230 bytes, in a packet of their own", connect("", #LONG) .. MORE, refused(WELL), "closed" },
    { "another command", connect(VERSION), refused(stack(12508)), "closed" },
    { "no command", connect "(DESCRIPTION=(CONNECT_DATA=(SID=x)))", refused(stack(12514)), "closed" },
    { "parentheses that do not close", connect "(CONNECT_DATA=(COMMAND=ping)", refused(stack(1153)), "closed" },
    { "one that wants it again", connect(PING), hex "00 08 00 00 0B 00 00 00", host = 2 },
  },
  strict = {
    -- Free: the packet's flags, versions as far as they have one in common, options, characteristics, sizes as far as they are
    -- no less than the least, how much may come back, the flags, what is obsolete.
    { "a ping", connect(PING), refused(WELL), free = { 6, { 10, 20 }, { 29, 74 } } },
  },
}
