-- An RTSP server (RFC 2326), as cameras and recorders have them.

local SERVERS = {
  { weight = 4 }, { weight = 4, header = "Rtsp Server" }, { weight = 3, header = "H264DVR 1.0" },
  { weight = 2, header = "GStreamer RTSP server" }, { weight = 2, header = "Hipcam RealServer/V1.0" },
  { weight = 1, header = "TAS-Tech Streaming Server V100R001" },
}

local METHODS = "OPTIONS, DESCRIBE, SETUP, TEARDOWN, PLAY, PAUSE, GET_PARAMETER"

local function answer(host, server, status, sequence, more)
  local lines = { "RTSP/1.0 " .. status }
  if sequence then lines[#lines + 1] = "CSeq: " .. sequence end
  if server.header then lines[#lines + 1] = "Server: " .. server.header end
  if host:chance("date", 0.5) then lines[#lines + 1] = "Date: " .. host:date() end
  if more then lines[#lines + 1] = more end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local function receive_sequence(conn)
  local sequence
  for _ = 1, 50 do
    local line = conn:receive_line(4096)
    if line == "" then break end
    sequence = line:match "^[Cc][Ss]eq:%s*(%d+)" or sequence
  end
  return sequence
end

local function respond(host, server, method, sequence)
  if method == "OPTIONS" then return answer(host, server, "200 OK", sequence, "Public: " .. METHODS) end
  if method ~= "DESCRIBE" then return answer(host, server, "405 Method Not Allowed", sequence, "Allow: " .. METHODS) end
  if host:chance("open", 0.2) then return answer(host, server, "404 Stream Not Found", sequence) end
  local realm = 'WWW-Authenticate: Digest realm="%s", nonce="%s"'
  return answer(host, server, "401 Unauthorized", sequence, realm:format("IP Camera", host:hex("nonce", 16)))
end

local function serve(conn, host)
  local server = host:choose("server", SERVERS)
  for _ = 1, 8 do
    local method, protocol = conn:receive_line(4096):match "^(%u[%u_]*) %S+ (%u+)/%d%.%d$"
    if not method or protocol ~= "RTSP" then
      if host:chance("mute", 0.4) then return end
      conn:send(answer(host, server, "400 Bad Request"))
      return
    end
    conn:send(respond(host, server, method, receive_sequence(conn)))
  end
end

-- Chances a world may set.
local OPTIONS = {
  date = "share that sends a Date",
  mute = "share that hangs up on what is no RTSP",
  open = "share that wants no password",
}

return { serve = serve, options = OPTIONS }
