-- Says what its options say: a text, whole or in pieces, at once or when it was asked, and then waits or leaves.

local OPTIONS = {
  text = "what it says",
  piece = "bytes of each piece (all of it)",
  pause = "seconds between pieces (0.2)",
  asked = "true: only after it got something",
  ending = "what it does in the end: close (default), reset, wait",
}

local function serve(conn, host)
  local options = host.options
  if options.asked then conn:receive_some() end
  local text, piece = options.text, options.piece or #options.text
  for first = 1, #text, piece do
    if first > 1 then conn:sleep(options.pause or 0.2) end
    conn:send(text:sub(first, first + piece - 1))
  end
  if options.ending == "reset" then conn:sleep(0.2) end
  if options.ending == "wait" then
    while conn:receive_some() do end
  end
  return options.ending
end

return { serve = serve, options = OPTIONS }
