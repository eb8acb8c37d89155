-- Servers written from the specifications of their protocols, one host each: 198.18.16.1 is the first of the list.
-- For protocols that no server of Debian speaks. Each server is a file in servers/, written from the document that its first
-- line names and without a look at protocols/, and strict: it takes what the document permits, and answers anything else as the
-- document says. What is true of it is in spec/specification/NAME.lua, held against it by spec/specification_servers_spec.lua.

-- Name, port and options; in the order of names. A name may come again, with other options: its truth has as many hosts.
local SERVERS = {
  { "adb", 5555, { identity = "device::ro.product.name=lamp;ro.product.model=Lamp_2;ro.product.device=lamp2;"
    .. "features=cmd,shell_v2" } },
  { "adb", 5555, { wants = "AUTH" } },
  { "adb", 5555, { wants = "STLS" } },
  { "bacnet", 47808, { instance = 1234, vendor = "Lamps & Sons" } },
  { "bacnet", 47808, { instance = 5 } },
  { "bacnet", 47808, { instance = 5, services = false } },
  { "bitcoin", 8333, { agent = "/Satoshi:25.0.0/", height = 825000 } },
  { "dnp3", 20000 },
  { "dnp3", 20000, { address = 1024, anonymous = false, supported = false } },
  { "enip", 44818, { address = "192.0.2.7", vendor = 9999, kind = 14, code = 65, major = 20, minor = 11, status = 0x30,
    serial = 0xC0FFEE, product = "A lamp", state = 3 } },
  { "enip", 44818, { lists = false } },
}

local kinds, networks = {}, {}
for number, server in ipairs(SERVERS) do
  local kind = server[1] .. " " .. number
  kinds[kind] = { { service = server[1], ports = server[2], options = server[3] } }
  networks[number] = {
    prefix = "198.18.16." .. number .. "/32", density = 1, hosts = { [kind] = 1 }, rtt = { 0.02, 0.02 },
  }
end

return { targets = { "198.18.16.1-198.18.16." .. #SERVERS }, networks = networks, kinds = kinds }
