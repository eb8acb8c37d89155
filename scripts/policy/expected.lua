-- Only the handshake of the protocol assigned to the port; where none is, waiting for the server to speak.

return function(target)
  target:try(target.expected or "wait")
end
