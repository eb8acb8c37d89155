-- The layers of engine/*.c and engine/*.h, lowest first: a file may include what is listed before it, and nothing else.
-- A new file is added to the lowest row whose earlier rows and names hold all it includes.
local layers = {
  { "words", "error utf8 version counters clock address units buffer arena lines base64 json json_read hold" },
  { "numbers", "range cidr ports pace shares rto timer seen cookie permute ledger message replay_queue" },
  { "seams", "link transport trace" },
  { "packets", "packet packet_template pending shun tcp flow outbox" },
  { "targets", "blocklist targets targets_iterator zmap_line zmap_input recording" },
  { "machine", "privilege signals output courier rtnetlink interface neighbour route suppress" },
  { "tls", "certificate tls_chance tds_frames tls key_exchange" },
  { "links", "capture_filter bpf_assembler xdp_program xdp_socket xdp_sender link_pipe ring_sender ring_receiver link_ring "
    .. "link_xdp link_pcap link_trace link_fault link_sim" },
  { "transports", "transport_raw socket_facts socket_stream socket_connect transport_socket replay_targets "
    .. "transport_replay" },
  { "scripts", "lua_digest lua_ciphers lua_crypto script coro lua_json lua_list lua_tls lua_conn record lua_record" },
  { "worlds", "middlebox population world world_form lua_world lua_truth" },
  { "worker", "lua_worker worker" },
  { "wiring", "scan_options recording_header notes results plan scan_route scan_raw scan_config scan_transport scan" },
  { "processes", "child worker_process hand crew master" },
  { "command line", "lua_scan_options lua_scan lua_core main" },
}

-- Files that are parts of another: they may include each other.
local parts = {
  packet_write = "packet", tcp_internal = "tcp", tcp_output = "tcp", tcp_receive = "tcp",
  transport_raw_internal = "transport_raw", transport_raw_probe = "transport_raw", transport_raw_receive = "transport_raw",
  transport_raw_stream = "transport_raw", lua_json_write = "lua_json", lua_conn_internal = "lua_conn",
  lua_conn_facts = "lua_conn", lua_conn_wait = "lua_conn", lua_conn_bytes = "lua_conn", lua_brief = "lua_conn",
  lua_brief_past = "lua_conn", lua_brief_facts = "lua_conn", lua_brief_internal = "lua_conn", lua_parked = "lua_conn",
  lua_conn_tls = "lua_conn", lua_conn_random = "lua_conn", lua_conn_trace = "lua_conn", recording_target = "recording",
  population_check = "population", population_internal = "population", tls_alert = "tls",
  transport_replay_internal = "transport_replay", transport_replay_stream = "transport_replay",
  worker_internal = "worker", worker_calls = "worker", worker_parked = "worker",
}

-- Only these may name a concrete link or transport from outside the room it is in.
local concrete = {
  ["scan_transport.c"] = "the wiring", ["scan_raw.c"] = "the wiring", ["scan_raw.h"] = "the wiring", ["main.c"] = "the wiring",
  ["population.h"] = "a simulated host's truth is the simulated link's", ["world.h"] = "makes the simulated link",
  ["lua_world.c"] = "the simulated servers' own end of the simulated link",
}

-- Above the seams nobody asks a clock, sleeps or draws chance; these may, and why.
local clocks = {
  ["clock.c"] = "is the clock, for links", ["ring_sender.c"] = "a link's part", ["ring_receiver.c"] = "a link's part",
  ["xdp_sender.c"] = "a link's part",
  ["socket_connect.c"] = "transport", ["socket_stream.c"] = "transport", ["transport_socket.c"] = "transport",
  ["neighbour.c"] = "waits for the kernel's ARP before a scan starts", ["output.c"] = "waits for a slow reader",
  ["scan.c"] = "real time slices, the time of day", ["scan_config.c"] = "the seed, by chance",
  ["crew.c"] = "shares the rate out by what was used of it", ["lua_core.c"] = "the status line",
}

-- C files of more than 400 lines, and why.
local long = {
  ["scan.c"] = "opens everything, in order", ["tls.c"] = "one state machine",
  ["xdp_socket.c"] = "the four rings of one socket share its memory",
}

local LINES_GOOD, LINES_MAX = 400, 700

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "*a"
  file:close()
  return text
end

local function files(pattern)
  local pipe = io.popen("ls " .. pattern)
  local names = {}
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

-- noun -> its place in the order.
local function order()
  local place, count = {}, 0
  for _, layer in ipairs(layers) do
    for noun in layer[2]:gmatch "%S+" do
      count = count + 1
      assert.is_nil(place[noun], noun .. " is listed twice")
      place[noun] = count
    end
  end
  return place
end

-- Comments and strings blanked out.
local function code_of(path)
  return (read(path):gsub("/%*.-%*/", " "):gsub('"[^"\n]*"', '""'))
end

-- [file] = { included header, ... }
local function includes()
  local all = {}
  for _, path in ipairs(files "engine/*.c engine/*.h") do
    local list = {}
    for header in read(path):gmatch '#include "([^"]+)"' do list[#list + 1] = header end
    all[path:match "[^/]+$"] = list
  end
  return all
end

local function noun_of(file)
  local name = file:gsub("%.[ch]$", "")
  return parts[name] or name
end

-- Sentences about what is wrong; none is right.
local function nothing(problems)
  assert.equal("", table.concat(problems, "\n"))
end

describe("the engine's files", function()
  it("include downward only", function()
    local place, problems = order(), {}
    for file, headers in pairs(includes()) do
      local noun = noun_of(file)
      if not place[noun] then
        problems[#problems + 1] = file .. " is in no layer: add '" .. noun .. "' to a row at the top of spec/layering_spec.lua"
      end
      for _, header in ipairs(headers) do
        local below = noun_of(header)
        if place[noun] and place[below] and below ~= noun and place[below] >= place[noun] then
          problems[#problems + 1] = ("%s includes %s, which is above it"):format(file, header)
        end
      end
    end
    table.sort(problems)
    nothing(problems)
  end)

  it("are in the layers for a reason: none is listed that is not there", function()
    local there, problems = {}, {}
    for file in pairs(includes()) do there[noun_of(file)] = true end
    for noun in pairs(order()) do
      if not there[noun] then problems[#problems + 1] = noun .. " is no file" end
    end
    nothing(problems)
  end)

  it("have no umbrella header: each includes what it needs itself", function()
    local all, problems = includes(), {}
    for file, headers in pairs(all) do
      local own = noun_of(file)
      if file:find "%.h$" and #headers > 8 then problems[#problems + 1] = file .. " includes more than 8 headers" end
      local seen = {}
      for _, header in ipairs(headers) do
        if seen[header] then problems[#problems + 1] = file .. " includes " .. header .. " twice" end
        seen[header] = true
      end
      if all[own .. ".h"] and file == own .. ".c" and not (seen[own .. ".h"] or seen[own .. "_internal.h"]) then
        problems[#problems + 1] = file .. " does not include its own header"
      end
    end
    nothing(problems)
  end)

  it("name concrete links and transports in the wiring only", function()
    local problems = {}
    for file, headers in pairs(includes()) do
      local inside = file:find "^link_" or file:find "^xdp_" or file:find "^transport_" or file:find "^socket_"
      for _, header in ipairs(headers) do
        if (header:find "^link_" or header:find "^transport_") and not inside and not concrete[file] then
          problems[#problems + 1] = file .. " names " .. header
        end
      end
    end
    nothing(problems)
  end)

  it("ask no clock, do not sleep and draw no chance above the seams", function()
    local calls = {
      "clock_gettime", "gettimeofday", "time", "random", "rand", "rand_r", "getrandom", "uv_hrtime", "uv_now", "nanosleep",
      "usleep", "sleep", "clock_monotonic_ns", "clock_wall_ns",
    }
    local problems = {}
    for _, path in ipairs(files "engine/*.c") do
      local file, code = path:match "[^/]+$", code_of(path)
      if not clocks[file] and not file:find "^link_" and not file:find "^xdp_" then
        for _, call in ipairs(calls) do
          if code:find("%f[%w_]" .. call .. "%s*%(") then problems[#problems + 1] = file .. " calls " .. call .. "()" end
        end
      end
    end
    nothing(problems)
  end)

  it("are at most 700 lines long, and more than 400 only for a reason", function()
    local problems = {}
    for _, path in ipairs(files "engine/*.c") do
      local file = path:match "[^/]+$"
      local _, count = read(path):gsub("\n", "\n")
      if count > LINES_MAX then
        problems[#problems + 1] = ("%s has %d lines, more than %d"):format(file, count, LINES_MAX)
      elseif count > LINES_GOOD and not long[file] then
        problems[#problems + 1] = ("%s has %d lines: split it, or say why in spec/layering_spec.lua"):format(file, count)
      elseif count <= LINES_GOOD and long[file] then
        problems[#problems + 1] = ("%s has %d lines, and needs no reason to be long"):format(file, count)
      end
    end
    nothing(problems)
  end)

  it("have headers that need nothing but fixed-width types and each other", function()
    local system = {
      ["stdint.h"] = true, ["stddef.h"] = true, ["stdbool.h"] = true, ["luajit-2.1/lua.h"] = true,
      ["luajit-2.1/lauxlib.h"] = true,
    }
    local problems = {}
    for _, path in ipairs(files "engine/*.h") do
      local file = path:match "[^/]+$"
      if not file:find "_internal%.h$" and file ~= "socket_stream.h" and file ~= "socket_facts.h" then
        for header in read(path):gmatch "#include <([^>]+)>" do
          if not system[header] then problems[#problems + 1] = file .. " includes <" .. header .. ">" end
        end
      end
    end
    nothing(problems)
  end)
end)

describe("the engine's Lua", function()
  -- What runs beside scripts, in the worker: all but the command line.
  local reads_files = {
    ["loader.lua"] = "reads the scripts", ["sandbox.lua"] = "print, for scripts, on standard error",
    ["experiment.lua"] = "is run by the command line",
  }

  it("touches files and the system in the command line and the loader only", function()
    local problems = {}
    for _, path in ipairs(files "engine/lua/sonde/*.lua") do
      local file = path:match "[^/]+$"
      if file ~= "cli.lua" and not reads_files[file] then
        local code = read(path):gsub("%-%-[^\n]*", "")
        for _, module in ipairs { "io", "os" } do
          if code:find("%f[%w_.]" .. module .. "%.%a") then problems[#problems + 1] = file .. " uses " .. module end
        end
      end
    end
    nothing(problems)
  end)

  it("says in the first line of each file what it is", function()
    local problems = {}
    for _, path in ipairs(files "engine/lua/sonde/*.lua engine/lua/sonde/cli/*.lua scripts/policy/*.lua protocols/*.lua") do
      local first = read(path):match "^[^\n]*"
      if not first:find "^%-%- %S.*%S" then problems[#problems + 1] = path .. " begins with: " .. first end
    end
    nothing(problems)
  end)
end)

describe("a protocol", function()
  -- What several protocols share, or what is a noun of its own, is a module of the engine's.
  it("is one screen, of at most 60 lines", function()
    local problems = {}
    for _, path in ipairs(files "protocols/*.lua") do
      local _, lines = read(path):gsub("\n", "")
      if lines > 60 then problems[#problems + 1] = path .. " has " .. lines .. " lines" end
    end
    nothing(problems)
  end)
end)
