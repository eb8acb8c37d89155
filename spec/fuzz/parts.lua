-- The parts of the fuzz: what each runs, and what is to be said of it when all its cases are through.
local driver = require "spec.fuzz.driver"

local MATCHES_PER_MILLION = 1      -- a signature may match so many answers without any form

local parts = {}

function parts.handshakes(options)
  return driver.run("handshakes", require "spec.fuzz.handshakes" (), options)
end

function parts.signatures(options)
  return driver.run("signatures", (require "spec.fuzz.signatures" (require "spec.support.signatures".set)), options)
end

-- Bytes without any form. A second match in less than a million may be chance, and yet is worth a look.
function parts.noise(options)
  local _, run, found = require "spec.fuzz.signatures" (require "spec.support.signatures".set)
  local result = driver.run("noise", run, options)
  for service, count in pairs(found) do
    if count > math.max(1, MATCHES_PER_MILLION * result.count / 1e6) then
      result.failures[#result.failures + 1] = ("%s was found in %d of %d answers without any form (seed %d)")
        :format(service, count, result.count, options.seed)
    end
  end
  return result
end

function parts.engine(options)
  local run, finish = require "spec.fuzz.engine" ()
  local result = driver.run("engine", run, options)
  finish()
  return result
end

return parts
