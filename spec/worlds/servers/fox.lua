-- A Niagara station's Fox port (Tridium Niagara, its observed form): messages of a head and lines in braces, the hello first.
local OPTIONS = { name = "of the station", version = "of its application", refuses = "true: says no to every hello" }

local LINE_MOST, LINES_MOST = 1024, 64
local TYPES = { s = ".*", i = "%-?%d+", o = ".*" }   -- of values: text, whole number, object
local REJECTED = "fox a -1 -1 fox rejected\n{\n};;\n"

local HELLO = "fox a 0 -1 fox hello\n{\nfox.version=s:1.0.1\nid=i:%d\nhostName=s:%s\nhostAddress=s:%s\napp.name=s:Station\n"
  .. "app.version=s:%s\nvm.name=s:Java HotSpot(TM) Embedded Client VM\nvm.version=s:25.141-b06\nos.name=s:QNX\n"
  .. "os.version=s:6.5.0\nstation.name=s:%s\nlang=s:en\ntimeZone=s:UTC;0;0;null;null\nhostId=s:Qnx-TITAN-0000-0000-0000-0000\n"
  .. "vmUuid=s:00000000-0000-0000-0000-000000000000\nbrandId=s:vykon\nsysInfo=o:bog {\n}\n};;\n"

-- "name=type:value" of a type that there is: name and value.
local function read_line(line)
  local name, kind, value = line:match "^([%w.]+)=(%l):(.*)$"
  local pattern = TYPES[kind]
  if not pattern then return nil end
  return value:find("^" .. pattern .. "$") and name, value
end

-- A whole asynchronous message that is no reply: its channel, command and values; nil where it is none.
local function receive_message(conn)
  if conn:peek(4) ~= "fox " then return nil end
  local kind, number, reply, channel, command = conn:receive_until("\n", LINE_MOST)
    :match "^fox (%l) (%-?%d+) (%-?%d+) (%l+) (%l+)\n$"
  if kind ~= "a" or tonumber(number) < 0 or reply ~= "-1" then return nil end
  if conn:receive_until("\n", LINE_MOST) ~= "{\n" then return nil end
  local values = {}
  for _ = 1, LINES_MOST do
    local line = conn:receive_until("\n", LINE_MOST):sub(1, -2)
    if line == "};;" then return channel, command, values end
    local name, value = read_line(line)
    if not name then return nil end
    values[name] = value
  end
end

local function serve(conn, host)
  local options = host.options
  local channel, command, values = receive_message(conn)
  if channel ~= "fox" or command ~= "hello" then return end
  if options.refuses or not values["fox.version"] or not values["fox.version"]:find "^1%.%d" or not values.id then
    return conn:send(REJECTED)
  end
  conn:send(HELLO:format(values.id, "192.0.2.11", "192.0.2.11", options.version, options.name))
  repeat until not receive_message(conn)   -- what follows would be a login; nobody gets in
  conn:send(REJECTED)
end

return { serve = serve, options = OPTIONS }
