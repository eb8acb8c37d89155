-- A policy that keeps each connection open until --timeout, and then asks: so there are always as many open as are to be.
return {
  first = function() return "wait" end,
  after = function(target) target:try "http" end,
}
