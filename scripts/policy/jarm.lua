-- Fingerprints TLS servers by JARM: ten ClientHellos, each on a connection of its own; the record's field `jarm` is the result.
local jarm = require "sonde.jarm"

-- A target that speaks no TLS is asked once, and so is one that does not answer; one that falls silent has no fingerprint.
return function(target)
  local answers = {}
  for number = 1, jarm.count do
    local name = ("jarm_%02d"):format(number)
    local attempt = target:try(name)
    local answer = attempt.fields and attempt.fields[name]
    local refused = attempt.outcome == "closed" or attempt.outcome == "reset"
    if not answer and not (number > 1 and (refused or attempt.data)) then return end
    answers[number] = answer
  end
  target:note("jarm", jarm.fingerprint(answers))
end
