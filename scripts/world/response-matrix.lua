-- What 28 protocols answer to a ClientHello, to blank lines, to "GET /" and to nothing at all (LZR).
--
-- Hosts of each protocol sit on its assigned port in a network of their own.

-- TLS, newlines, GET, wait
local MATRIX = {
  { "ipmi", 623, .86, .86, .86, 0 }, { "amqp", 5672, .95, .95, .94, 0 }, { "kubernetes", 6443, .98, .83, .98, 0 },
  { "smtp", 25, .99, 1, 1, .79 }, { "ssh", 22, .93, .96, .96, .98 }, { "telnet", 23, .98, .97, .97, .97 },
  { "vnc", 5900, .98, .99, .98, .96 }, { "ftp", 21, .97, .99, .99, .99 }, { "pop3", 110, 1, 1, .99, .99 },
  { "imap", 143, 1, .99, .99, 1 }, { "mysql", 3306, .99, .99, .99, 1 }, { "http", 80, .67, .21, 1, 0 },
  { "ipp", 631, .29, .02, .96, 0 }, { "mongodb", 27017, .01, 0, .9, 0 }, { "redis", 6379, .09, 0, .76, 0 },
  { "mqtt", 1883, .03, 0, 0, 0 }, { "postgres", 5432, .01, .01, .01, 0 }, { "smb", 445, 0, 0, 0, 0 },
  { "siemens", 102, 0, 0, 0, 0 }, { "pptp", 1723, 0, 0, 0, 0 }, { "oracle", 1521, 0, 0, 0, 0 },
  { "mssql", 1433, 0, 0, 0, 0 }, { "modbus", 502, 0, 0, 0, 0 }, { "dnp3", 20000, 0, 0, 0, 0 }, { "dns", 53, 0, 0, 0, 0 },
  { "memcached", 11211, .53, .53, .3, 0 }, { "rdp", 3389, .98, 0, 0, 0 }, { "tls", 443, 1, .04, .41, 0 },
}

-- Their own moods (late greetings, rudeness) are part of the shares above.
local OPTIONS = { smtp = { slow = 0 }, http = { rude = 0 } }

local kinds, networks, ports = {}, {}, {}
for row, entry in ipairs(MATRIX) do
  local service, port, tls, newlines, get, wait = unpack(entry)
  ports[row] = port
  kinds[service] = { { service = service, ports = port, options = OPTIONS[service],
    answers = { tls = tls, newlines = newlines, get = get, wait = wait } }, other = "drop" }
  local hosts = { [service] = 1 }
  networks[#networks + 1] = { prefix = ("10.%d.0.0/25"):format(row), density = 1, hosts = hosts } -- small
  networks[#networks + 1] = { prefix = ("10.%d.0.0/20"):format(100 + row), density = 1, hosts = hosts } -- full
end

return { targets = { "10.1.0.0/25" }, ports = table.concat(ports, ","), networks = networks, kinds = kinds }
