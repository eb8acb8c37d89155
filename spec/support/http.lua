-- What the specs of protocols over HTTP say and expect: requests as sonde.http_client sends them, and answers.
local http = {}

local HEAD = "%s %s HTTP/1.1\r\nHost: 198.18.0.7:%d\r\nUser-Agent: Sonde/0.1 (Internet measurement)\r\nAccept: */*\r\n" ..
  "%sConnection: close\r\n\r\n%s"

-- The bytes of a request to the peer's address.
function http.request(method, target, port, body, media_type)
  local described = body and ("Content-Type: %s\r\nContent-Length: %d\r\n"):format(media_type, #body) or ""
  return HEAD:format(method, target, port, described, body or "")
end

-- An answer with its length; headers: lines, each with its CRLF.
function http.answer(status, headers, body)
  return ("HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n%s"):format(status, headers, #body, body)
end

-- The same in chunks of n bytes.
function http.chunked(status, headers, body, n)
  local chunks = {}
  for at = 1, #body, n do
    local chunk = body:sub(at, at + n - 1)
    chunks[#chunks + 1] = ("%x\r\n%s\r\n"):format(#chunk, chunk)
  end
  return ("HTTP/1.1 %s\r\n%sTransfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n"):format(status, headers, table.concat(chunks))
end

return http
