-- Frames to put before the xdp link's program, and whose each is: ours (198.18.0.1, .9 and 2001:db8::1, ports 61000-62000) or
-- the kernel's.
local wire = require "sonde.wire"

local US, THEM, OTHER = "\198\18\0\1", "\198\18\0\2", "\198\18\0\3"
local US6 = "\32\1\13\184" .. ("\0"):rep(11) .. "\1"
local THEM6, OTHER6 = US6:sub(1, 15) .. "\2", US6:sub(1, 15) .. "\3"
local TCP, ICMP, ICMP6, UDP = 6, 1, 58, 17

local function ethernet(kind, packet) return ("\2"):rep(12) .. wire.pack(">I2", kind) .. packet end

-- An IPv4 packet (RFC 791); its checksum is of no matter here.
local function v4(fields, payload)
  local options = fields.options or ""
  return wire.pack(">BBI2I2I2BBI2", 0x45 + #options / 4, 0, 20 + #options + #payload, 1, fields.fragment or 0, 64,
    fields.protocol or TCP, 0) .. (fields.from or THEM) .. (fields.to or US) .. options .. payload
end

local function v6(fields, payload)
  return wire.pack(">I4I2BB", 0x60000000, #payload, fields.protocol or TCP, 64) .. (fields.from or THEM6)
    .. (fields.to or US6) .. payload
end

local function tcp(from, to) return wire.pack(">I2I2I4I4I2I2I2I2", from, to, 1, 1, 0x5012, 1024, 0, 0) end
local function icmp(kind, quote) return wire.pack(">BBI2I4", kind, 1, 0, 0) .. quote end

local function four(...) return ethernet(0x0800, v4(...)) end
local function six(...) return ethernet(0x86dd, v6(...)) end

local ours = tcp(80, 61500)
local quote = v4({ from = US, to = THEM }, tcp(61500, 80))
local quote6 = v6({ from = US6, to = THEM6 }, tcp(61500, 80))

local list = {
  { "v4", "ours", four({}, ours) },
  { "v4 to our second address", "ours", four({ to = "\198\18\0\9" }, ours) },
  { "v4 to the first port", "ours", four({}, tcp(80, 61000)) },
  { "v4 to the last port", "ours", four({}, tcp(80, 62000)) },
  { "v4 below our ports", "kernel", four({}, tcp(80, 60999)) },
  { "v4 above our ports", "kernel", four({}, tcp(80, 62001)) },
  { "v4 from one of our ports", "kernel", four({}, tcp(61500, 80)) },
  { "v4 to another address", "kernel", four({ to = OTHER }, ours) },
  { "v4 with options", "ours", four({ options = "\148\4\0\0" }, ours) },
  { "v4 with all options there can be", "ours", four({ options = ("\1"):rep(40) }, ours) },
  { "v4, a first fragment", "ours", four({ fragment = 0x2000 }, ours) },
  { "v4, a later fragment", "kernel", four({ fragment = 0x2001 }, ours) },
  { "v4, UDP", "kernel", four({ protocol = UDP }, ours) },
  { "v4 cut in the port", "kernel", four({}, ours):sub(1, 14 + 20 + 3) },
  { "v4 cut in the header", "kernel", four({}, ours):sub(1, 14 + 19) },
  { "v4 with a header length of 16", "kernel", (four({}, ours):gsub("^(..............)E", "%1D")) },
  { "v4 with a VLAN tag", "kernel", ethernet(0x8100, "\0\1\8\0" .. v4({}, ours)) },
  { "ARP", "kernel", ethernet(0x0806, ("\0"):rep(46)) },
  { "v6", "ours", six({}, ours) },
  { "v6 above our ports", "kernel", six({}, tcp(80, 62001)) },
  { "v6 to another address", "kernel", six({ to = OTHER6 }, ours) },
  { "v6 cut in the port", "kernel", six({}, ours):sub(1, 14 + 40 + 3) },
  { "v6 with options", "ours", six({ protocol = 0 }, "\6\0" .. ("\0"):rep(6) .. ours) },
  { "v6 with long options and a routing header", "ours",
    six({ protocol = 60 }, "\43\3" .. ("\0"):rep(30) .. "\6\1" .. ("\0"):rep(14) .. ours) },
  { "v6 with options longer than the packet", "kernel", six({ protocol = 0 }, "\6\255" .. ("\0"):rep(6) .. ours) },
  { "v6, a first fragment", "ours", six({ protocol = 44 }, "\6\0\0\1\0\0\0\1" .. ours) },
  { "v6, a later fragment", "kernel", six({ protocol = 44 }, "\6\0\0\9\0\0\0\1" .. ours) },
  { "v6, neighbour discovery", "kernel", six({ protocol = ICMP6 }, icmp(135, quote6)) },
  { "v6, echo", "kernel", six({ protocol = ICMP6 }, icmp(129, quote6)) },
  { "ICMP that does not quote us", "kernel", four({ protocol = ICMP }, icmp(3, v4({ from = US, to = THEM }, tcp(40000, 80)))) },
  { "ICMP that quotes another address", "kernel",
    four({ protocol = ICMP }, icmp(3, v4({ from = OTHER, to = THEM }, tcp(61500, 80)))) },
  { "ICMP that quotes UDP", "kernel",
    four({ protocol = ICMP }, icmp(3, v4({ from = US, to = THEM, protocol = UDP }, tcp(61500, 53)))) },
  { "ICMP cut in the quote", "kernel", four({ protocol = ICMP }, icmp(3, quote)):sub(1, 14 + 20 + 8 + 23) },
  { "ICMP echo", "kernel", four({ protocol = ICMP }, icmp(0, quote)) },
  { "ICMPv6 that does not quote us", "kernel",
    six({ protocol = ICMP6 }, icmp(1, v6({ from = US6, to = THEM6 }, tcp(40000, 80)))) },
  { "ICMPv6 that quotes another address", "kernel",
    six({ protocol = ICMP6 }, icmp(1, v6({ from = OTHER6, to = THEM6 }, tcp(61500, 80)))) },
}
for _, kind in ipairs { 3, 11, 12 } do
  list[#list + 1] = { "ICMP error " .. kind, "ours", four({ protocol = ICMP }, icmp(kind, quote)) }
end
for _, kind in ipairs { 1, 3, 4 } do
  list[#list + 1] = { "ICMPv6 error " .. kind, "ours", six({ protocol = ICMP6 }, icmp(kind, quote6)) }
end

local frames = {}

-- Writes "name hex" lines; returns whose each name is.
function frames.write(path)
  local file, expected = assert(io.open(path, "w")), {}
  for _, entry in ipairs(list) do
    local name, owner, bytes = entry[1], entry[2], entry[3]
    expected[name] = owner
    file:write(name, " ", (bytes:gsub(".", function(c) return ("%02x"):format(c:byte()) end)), "\n")
  end
  file:close()
  return expected
end

return frames
