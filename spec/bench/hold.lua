-- A policy that keeps each connection open until --timeout, and then asks: so there are always as many open as are to be.
return function(target)
  target:try "wait"
  target:try "http"
end
