-- What hold.lua does, as one function: a coroutine waits on each open connection.
return function(target)
  target:try "wait"
  target:try "http"
end
