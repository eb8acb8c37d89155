-- A policy that keeps each connection open until --timeout, and then asks: so there are always as many open as are to be. Its
-- first question stands apart, so that no coroutine waits; in hold_coroutine.lua one does.
return {
  first = function() return "wait" end,
  after = function(target) target:try "http" end,
}
