-- A made-up server of no protocol: says a text when somebody connects, and takes whatever comes without a word, or leaves.

local OPTIONS = { text = "what it says", leaves = "true: closes after it" }

local function serve(conn, host)
  conn:send(host.options.text)
  while not host.options.leaves and conn:receive_some() do end
end

return { serve = serve, options = OPTIONS }
