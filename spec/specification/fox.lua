-- What is true of the stations in spec/worlds/servers/fox.lua (Fox in its observed form).
local REJECTED = "fox a -1 -1 fox rejected\n{\n};;\n"
local HELLO = "fox a 3 -1 fox hello\n{\nfox.version=s:1.0\nid=i:5\n};;\n"

-- The station's own hello, which has the number of ours.
local function is_hello(answer)
  return answer:find("fox a 0 -1 fox hello\n{\nfox.version=s:1.0.1\nid=i:5\nhostName=s:192.0.2.11\n", 1, true) == 1
    and answer:find("\nstation.name=s:hall\n", 1, true) ~= nil and answer:sub(-5) == "\n};;\n" and not answer:find "rejected"
end
local ways = { http = "closed", tls = "closed", newlines = "closed" }   -- no head of a message

return {
  specification = "Niagara Fox's observed form",
  hosts = {
    { ways = ways, fields = {
      fox_version = "1.0.1", host_name = "192.0.2.11", host_address = "192.0.2.11", app_name = "Station",
      app_version = "4.9.0.198",
      vm_name = "Java HotSpot(TM) Embedded Client VM", vm_version = "25.141-b06", os_name = "QNX", os_version = "6.5.0",
      station_name = "hall", language = "en", time_zone = "UTC;0;0;null;null", host_id = "Qnx-TITAN-0000-0000-0000-0000",
      brand_id = "vykon",
    } },
    { ways = ways, fields = {} },
  },
  asks = {
    { "a hello of another version", (HELLO:gsub("s:1", "s:2")), REJECTED, "closed" },
    { "a hello without its number", (HELLO:gsub("id=i:5\n", "")), REJECTED, "closed" },
    { "a value of no type", (HELLO:gsub("i:5", "x:5")), "", "closed" },
    { "a number that is none", (HELLO:gsub("i:5", "i:five")), "", "closed" },
    { "another command", (HELLO:gsub("hello", "read")), "", "closed" },
    { "a message without its brace", (HELLO:gsub("{\n", "")), "", "closed" },
  },
  strict = { { "a hello", HELLO, is_hello, free = { 7, 40 } } },   -- the message's number, the lesser one of the version
}
