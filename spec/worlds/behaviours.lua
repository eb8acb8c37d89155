-- One host for each thing that can answer: 198.18.1.N for the Nth behaviour, 198.18.2.N for the Nth service.

local behaviours = {
  "no_ack", "half_open", "zero_window", "slow_window", "reset_before_ack", "reset_after_ack", "close_before_ack",
  "close_after_ack", "silent", "echo", "tarpit", "big_ip", "drop", "refuse",
}
local SSH = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"
local services = {
  { text = SSH, ending = "wait" },                                   -- 1
  { text = SSH, piece = 1, ending = "wait" },                        -- 2: a byte at a time
  { text = SSH, piece = 7, ending = "wait" },                        -- 3: the first segment alone says nothing
  { text = "\255\0\254\1binary\200", asked = true },                 -- 4: not UTF-8
  { text = "HTTP/1.1 200 OK\r\nServer: \195\188mlaut\r\n\r\n", asked = true },   -- 5: UTF-8
  { text = "HTTP/1.1 200 OK\r\nServer: \252mlaut\r\n\r\n", asked = true },       -- 6: not UTF-8 within a field
  { text = "no protocol says this", ending = "reset" },              -- 7
}

local kinds, networks = {}, {}
for i, behaviour in ipairs(behaviours) do
  kinds[behaviour] = { { behaviour = behaviour, ports = 80 } }
  networks[#networks + 1] = { prefix = ("198.18.1.%d/32"):format(i), density = 1, hosts = { [behaviour] = 1 } }
end
for i, options in ipairs(services) do
  local name = "service" .. i
  kinds[name] = { { service = "spoken", ports = 80, options = options } }
  networks[#networks + 1] = { prefix = ("198.18.2.%d/32"):format(i), density = 1, hosts = { [name] = 1 } }
end
kinds.shunning = { { service = "spoken", ports = 80, options = { text = "", asked = true } }, shuns = true }
networks[#networks + 1] = { prefix = "198.18.3.1/32", density = 1, hosts = { shunning = 1 } }

return {
  targets = { "198.18.1.1-198.18.1.14", "198.18.2.1-198.18.2.7", "198.18.3.1" },
  ports = "80",
  networks = networks,
  kinds = kinds,
}
