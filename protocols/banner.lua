-- Whatever a server says first: its first line as a field, where no protocol of its own is known. Sends nothing.
local banner = {
  name = "banner", first = "server", timeout = 5,
  fields = { line = "first line, without its end; the first bytes where there is no line" },
}

local LINE_MAX = 512

function banner.handshake(conn, record)
  local text = ""
  repeat
    text = text .. conn:receive_some(LINE_MAX - #text)
    record.line = text:match "^[^\r\n]*"
  until #text == LINE_MAX or text:find("\n", 1, true)
end

return banner
