-- Whatever a server says first: its first line as a field, where no protocol of its own is known. Sends nothing.
local banner = {
  name = "banner", first = "server", timeout = 5,
  fields = { line = "first line, without its end; the first bytes where there is no line" },
}

local LINE_MAX = 512

function banner.handshake(conn, record)
  local text, more = "", conn:receive_some(LINE_MAX)
  while more do   -- a server that closes has said its line
    text = text .. more
    record.line = text:match "^[^\r\n]*"
    more = #text < LINE_MAX and not text:find("\n", 1, true) and conn:receive_more(LINE_MAX - #text)
  end
end

return banner
