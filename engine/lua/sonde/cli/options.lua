-- Options that scan and probe share, and how they become the table that sonde.core takes.

local core = require "sonde.core"

local options = {}

local function add(command, flags, description, argname, extra)
  local option = command:option(flags, description)
  if argname then option:argname(argname) end
  if extra then extra(option) end
end

local function repeated(option) option:count "*" end

function options.declare_network(command)
  add(command, "--transport", "auto (default), raw (our own TCP) or socket (the kernel's, no privileges).", "KIND",
    function(option) option:choices { "auto", "raw", "socket" } end)
  add(command, "--link", "ring, pcap, pcap:FILE (frames from a capture) or sim:WORLD. Default: ring.", "LINK")
  add(command, "-i --interface", "Network interface for raw scanning. Default: by route.", "NAME")
  add(command, "--source-address", "Address to send from; may be given once per family. Default: by route.", "ADDRESS", repeated)
  add(command, "--source-ports", "Source ports. Default: 61000-65535.", "FIRST-LAST")
  add(command, "--gateway-mac", "Hardware address of the next hop. Default: by ARP or NDP.", "MAC")
  add(command, "--timeout", "Wait for an answer, e.g. 3s or 500ms. Default: each protocol's own.", "TIME",
    function(option) option:convert(core.duration) end)
  add(command, "--retries", "Send a SYN or unacknowledged data again, so many times. Default: 1.", "N")
  add(command, "--seed", "Number that all chance follows from. Default: from the system.", "N")
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
    gateway_mac = given.gateway_mac, timeout = given.timeout, retries = given.retries, seed = given.seed,
    blocklists = given.blocklist, no_default_blocklist = given.no_default_blocklist, trace = given.trace,
    push = given.push, jit = given.jit,
  }
  for key, value in pairs(defaults) do out[key] = value end
  return out
end

return options
