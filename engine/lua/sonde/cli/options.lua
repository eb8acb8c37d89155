-- Options that scan and probe share, and how they become the table that sonde.core takes.

local core = require "sonde.core"

local options = {}

local function add(command, flags, description, argname, extra)
  local option = command:option(flags, description)
  if argname then option:argname(argname) end
  if extra then extra(option) end
end

local function repeated(option) option:count "*" end

-- --- what an option's argument must look like: argparse calls these, and prints the sentence where they return nil -----

local check = {}

-- A duration as the engine reads it, but not 0: what cannot wait finds nothing out.
function check.positive_duration(name)
  return function(text)
    local seconds, problem = core.duration(text)
    if not seconds then return nil, name .. ": " .. problem end
    if seconds <= 0 then return nil, name .. " must be more than 0" end
    return seconds
  end
end

-- A duration that the engine itself reads again.
function check.duration(name)
  return function(text)
    local seconds, problem = core.duration(text)
    if not seconds then return nil, name .. ": " .. problem end
    return text
  end
end

local DELAYS_MAX, DELAY_MAX = 16, 3600   -- as many follow-ups, and seconds before each
local REDIRECTS_MAX = 5   -- as many as protocols/http.lua follows

-- Durations with commas between them, or "none": as seconds.
function check.delays(text)
  local list = {}
  for one in (text == "none" and "" or text .. ","):gmatch "([^,]*)," do
    local seconds, problem = core.duration(one)
    if not seconds then return nil, "--follow-up-delay: " .. problem end
    if seconds > DELAY_MAX then return nil, ("--follow-up-delay: %s is more than an hour"):format(one) end
    list[#list + 1] = ("%.9g"):format(seconds)
  end
  if #list > DELAYS_MAX then return nil, ("--follow-up-delay: more than %d of them"):format(DELAYS_MAX) end
  return table.concat(list, ",")
end

-- A number with a unit, as far as can be seen here: the engine reads it again.
function check.number(name, example)
  return function(text)
    if text:find "^%d+%.?%d*%a?$" then return text end
    return nil, ("%s '%s' is not a number (as in %s)"):format(name, text, example)
  end
end

function check.redirects(text)
  local count = text:find "^%d+$" and tonumber(text)
  if count and count <= REDIRECTS_MAX then return text end
  return nil, ("--redirects '%s' is not a number from 0 to %d"):format(text, REDIRECTS_MAX)
end

function check.workers(text)
  local count = text:find "^%d+$" and tonumber(text)
  if count and count >= 1 and count <= 64 then return text end
  return nil, ("--workers '%s' is not a number from 1 to 64"):format(text)
end

function check.seed(text)
  local most = "18446744073709551615"
  local digits = text:match "^0*(%d+)$"
  if digits and (#digits < #most or #digits == #most and digits <= most) then return text end
  return nil, ("--seed '%s' is not a whole number below 2^64"):format(text)
end

function check.link(text)
  local file = text:match "^pcap:(.*)$"
  local known = text == "auto" or text == "ring" or text == "xdp" or text == "pcap"
  if known or text:find "^sim:." or file and #file > 0 then return text end
  return nil, ("--link '%s' is not auto, ring, xdp, pcap, pcap:FILE or sim:WORLD"):format(text)
end

function check.transport(text)
  if text == "auto" or text == "raw" or text == "socket" or text:find "^replay:." then return text end
  return nil, ("--transport '%s' is not auto, raw, socket or replay:FILE"):format(text)
end

function check.mac(text)
  if text:find("^" .. ("%x%x?:"):rep(5) .. "%x%x?$") then return text end
  return nil, ("--gateway-mac '%s' is not a hardware address such as 02:00:00:00:00:01"):format(text)
end

function check.source_ports(text)
  local first, last = text:match "^(%d+)%-(%d+)$"
  first, last = tonumber(first), tonumber(last)
  if first and first >= 1024 and first <= last and last <= 65535 then return text end
  return nil, ("--source-ports '%s' is not a range FIRST-LAST within 1024-65535"):format(text)
end

-- One port.
function check.port(text)
  local port = text:find "^%d+$" and tonumber(text)
  if port and port >= 1 and port <= 65535 then return port end
  return nil, ("'%s' is no port (1 to 65535)"):format(text)
end

options.check = check

local function converted(convert)
  return function(option) option:convert(convert) end
end

function options.declare_network(command)
  add(command, "--transport", "auto (default), raw (our own TCP), socket (the kernel's, no privileges) or replay:FILE "
    .. "(answers from a recording).", "KIND", converted(check.transport))
  add(command, "--link", "ring (default), xdp, auto (xdp, else ring), pcap, pcap:FILE (a capture) or sim:WORLD.", "LINK",
    converted(check.link))
  add(command, "-i --interface", "Network interface for raw scanning. Default: by route.", "NAME")
  add(command, "--source-address", "Address of this machine to send from; a second of its family is for a target's further "
    .. "connections. Default: by route.", "ADDRESS", repeated)
  add(command, "--source-ports", "Source ports. Default: 61000-65535.", "FIRST-LAST",
    converted(check.source_ports))
  add(command, "--gateway-mac", "Hardware address of the next hop. Default: by ARP or NDP.", "MAC", converted(check.mac))
  add(command, "--timeout", "Wait for an answer, e.g. 3s or 500ms. Default: each protocol's own.", "TIME",
    converted(check.positive_duration "--timeout"))
  add(command, "--follow-up-delay", "With --full: wait so long before each new connection that tries the service's own "
    .. "handshake, until one is answered. Default: 0s,5s.", "TIME,...", converted(check.delays))
  add(command, "--redirects", "With --full: follow so many of a web server's redirections within host and port, 0 to 5. "
    .. "Default: 0.", "N", converted(check.redirects))
  add(command, "--retries", "Send a SYN or unacknowledged data again, so many times. Default: 1.", "N",
    converted(check.number("--retries", "3")))
  add(command, "--seed", "Number that all chance follows from. Default: from the system.", "N", converted(check.seed))
  add(command, "--blocklist", "File of addresses and CIDR blocks never to send to; may be repeated.", "FILE", repeated)
  command:flag("--no-default-blocklist", "Permit special-purpose ranges (private, documentation, benchmarking, ...).")
  add(command, "--path", "Directory of your own with protocols/, signatures/, scripts/policy/; may be repeated.", "DIR", repeated)
  add(command, "--trace", "Write every frame sent and received to a pcap file.", "FILE")
  command:flag("--push", "Set PSH on the first transmission of data already.")
  command:flag("--jit", "Compile scripts: faster, but an endless loop in one can then not be stopped.")
end

-- What sonde.core.scan and sonde.core.dry_run take: see engine/scan.h.
function options.for_core(given, defaults)
  local out = {
    root = given.tree, paths = given.path, transport = given.transport or "auto", link = given.link,
    interface = given.interface, source_addresses = given.source_address, source_ports = given.source_ports,
    gateway_mac = given.gateway_mac, timeout = given.timeout, follow_up = given.follow_up_delay, redirects = given.redirects,
    retries = given.retries or "1", seed = given.seed,
    blocklists = given.blocklist, no_default_blocklist = given.no_default_blocklist, trace = given.trace,
    push = given.push, jit = given.jit,
  }
  for key, value in pairs(defaults) do out[key] = value end
  return out
end

return options
