-- The parts of the fuzz: what each runs, and what is to be said of it when all its cases are through.
local driver = require "spec.fuzz.driver"

local NOISE_SHARE = 0.25           -- of the cases of signatures, as spec/fuzz/signatures.lua draws them
local MATCHES_PER_MILLION = 1      -- a signature may match so many answers without any form

local parts = {}

function parts.handshakes(options)
  return driver.run("handshakes", require "spec.fuzz.handshakes" (), options)
end

function parts.signatures(options)
  local run, found = require "spec.fuzz.signatures" (require "spec.support.signatures".set)
  local result = driver.run("signatures", run, options)
  result.noise = math.floor(result.count * NOISE_SHARE)
  for service, count in pairs(found) do
    if count > math.max(1, MATCHES_PER_MILLION * result.noise / 1e6) then
      result.failures[#result.failures + 1] = ("%s was found in %d of about %d answers without any form (seed %d)")
        :format(service, count, result.noise, options.seed)
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
