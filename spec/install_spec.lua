-- An installed Sonde finds its scripts wherever it is called from.
local program = require "spec.support.program"

-- make runs without what busted was given for the sanitizers; a debug build installs itself.
local INSTALL = [[
unset LD_PRELOAD
make -s install PREFIX="$0.prefix" >"$0.log" 2>&1 || { cat "$0.log" >&2; exit 99; }
trap 'rm -rf "$0.prefix"' EXIT
case $SONDE in /*) ;; *) SONDE=$PWD/$SONDE ;; esac
]]

describe("make install", function()
  it("gives a program that lists and scans from any directory", function()
    local run = program.shell(INSTALL .. [[
      cd /
      "$0.prefix/bin/sonde" list protocols && "$0.prefix/bin/sonde" scan --link sim:demo --seed 1 -q --max-targets 2000
    ]])
    assert.equal(0, run.status, run.err)
    assert.equal("", run.err)
    assert.truthy(run.out:find "\nssh +server")
    local records = program.lines(run.out:match "\n({.*)$")
    assert.is_true(#records > 10)
  end)

  it("has the skeletons of sonde new, and tests what they make", function()
    local run = program.shell(INSTALL .. [[
      cd /
      "$0.prefix/bin/sonde" new protocol lamp --path "$0.own" && "$0.prefix/bin/sonde" test "$0.own"
      status=$?
      rm -rf "$0.own"
      exit $status
    ]])
    assert.equal(1, run.status, run.err)
    assert.truthy(run.out:find "10 passed, 1 failed\n$", run.out)
  end)

  it("installs what the source tree scans with: the same records", function()
    local run = program.shell(INSTALL .. [[
      "$SONDE" scan --link sim:demo --seed 1 -q --max-targets 2000 > "$0.here" || exit 98
      cd / && "$0.prefix/bin/sonde" scan --link sim:demo --seed 1 -q --max-targets 2000 | cmp - "$0.here"
    ]])
    assert.equal(0, run.status, run.err .. run.out)
  end)

  it("finds its scripts through a symbolic link too, and when moved", function()
    local run = program.shell(INSTALL .. [[
      ln -s "$0.prefix/bin/sonde" "$0.link" && "$0.link" list policies || exit 97
      mv "$0.prefix" "$0.moved" && cd / && "$0.moved/bin/sonde" list policies
      status=$?
      rm -rf "$0.moved"
      exit $status
    ]])
    assert.equal(0, run.status, run.err)
    local _, count = run.out:gsub("lzr ", "")
    assert.equal(2, count)
  end)
end)
