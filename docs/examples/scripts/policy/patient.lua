-- Waits a minute for a greeting, of as many targets at once as there are; then asks as HTTP.

return {
  first = function()
    return "wait", { timeout = 60 }
  end,

  after = function(target, attempt)
    if attempt.opened and not attempt.data then target:try "http" end
  end,
}
