-- What the summary of a scan is made of.
local CORE = os.getenv "SONDE_CORE" or "build/release/sonde_core.so"

local function load_report()
  local path, there = package.path, package.loaded["sonde.core"]
  package.path = "./engine/lua/?.lua;" .. path
  package.loaded["sonde.core"] = assert(package.loadlib(CORE, "luaopen_sonde_core"))()
  local report = require "sonde.cli.report"
  package.path, package.loaded["sonde.core"], package.loaded["sonde.cli.report"] = path, there, nil
  return report
end

describe("a scan's report", function()
  local report = load_report()

  it("adds the tallies of all workers up", function()
    assert.same({ verdicts = { service = 5, silent = 1 }, services = { ssh = 4, http = 1 }, expected = { ssh = 2 },
                  unexpected = { ssh = 2, http = 1 } },
      report.merge { '{"verdicts":{"service":3},"services":{"ssh":3},"expected":{"ssh":2},"unexpected":{"ssh":1}}',
                     '{"verdicts":{"service":2,"silent":1},"services":{"ssh":1,"http":1},"expected":{},'
                     .. '"unexpected":{"ssh":1,"http":1}}' })
  end)

  it("has empty tallies where no worker had any, and keeps a tally it does not know", function()
    assert.same({ verdicts = {}, services = {}, expected = {}, unexpected = {} }, report.merge {})
    assert.same({ later = { kind = 3 } }, { later = report.merge({ '{"later":{"kind":1}}', '{"later":{"kind":2}}' }).later })
  end)
end)
