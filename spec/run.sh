#!/bin/bash
# Runs what CI runs, and says at the end how much passed: lint, both builds with warnings as errors, the specs under ASan and
# UBSan, and the lab when this is root. `spec/run.sh lab`: the lab alone, with all of its products, or with those that LAB_ONLY
# names: make lab LAB_ONLY=caddy,yaws
set -u
cd "$(dirname "$0")/.."
mkdir -p build/test
passed=0 failed=0 skipped=0

# One step that passes or fails as a whole.
step() {
  local name=$1
  shift
  if "$@" >"build/test/$name.log" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    tail -n 40 "build/test/$name.log"
    echo "FAILED  $name"
  fi
}

# Runs busted, and keeps what it printed and how it ended for `count`; may run in the background.
specs() {
  local name=$1
  shift
  "$@" >"build/test/$name.log" 2>&1
  echo $? >"build/test/$name.status"
}

# Counts a busted run by its summary line: successes, failures, errors and pending.
count() {
  local name=$1 status counts
  status=$(cat "build/test/$name.status")
  counts=$(grep -E '^[0-9]+ success' "build/test/$name.log" | tail -n 1 | tr -c '0-9\n.' ' ')
  # shellcheck disable=SC2086
  set -- $counts
  if [ $# -lt 4 ] || { [ "$status" != 0 ] && [ $(($2 + $3)) = 0 ]; }; then
    failed=$((failed + 1))
    tail -n 60 "build/test/$name.log"
    echo "FAILED  $name: ended with status $status"
    return
  fi
  passed=$((passed + $1)) failed=$((failed + $2 + $3)) skipped=$((skipped + $4))
  [ $(($2 + $3)) = 0 ] || sed -n '/^Failure ->\|^Error ->/,$p' "build/test/$name.log"
  grep -A1 '^Pending ->' "build/test/$name.log" | grep -v '^--\|^Pending' | sed 's/^/skipped: /'
  echo "specs   $name: $1 passed, $(($2 + $3)) failed, $4 skipped"
}

lab() {
  if [ "$(id -u)" != 0 ]; then
    skipped=$((skipped + 1))
    echo "skipped: the lab of real servers needs root"
    return
  fi
  step lab-packages make build/packages.lab
  # One product alone, or a few, with what verifies them and nothing else.
  if [ -n "${LAB_ONLY:-}" ]; then
    specs lab timeout 900 busted --run=default spec/lab/lab_spec.lua
    count lab
    return
  fi
  [ "${LAB_TIER:-1}" = 1 ] || step lab-packages-all make build/packages.lab-all
  specs lab timeout 900 busted --run=default spec/lab
  count lab
}

sanitized() {
  env LD_PRELOAD="$(${CC:-cc} -print-file-name=libasan.so):$(${CC:-cc} -print-file-name=libubsan.so)" \
    ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    SONDE_CORE=build/debug/sonde_core.so SONDE=build/debug/sonde "$@"
}

began=$(date +%s)
if [ "${1:-}" = lab ]; then
  # All products; what was verified of them is in the reference, when all was.
  export LAB_TIER=2
  lab
  [ "$failed" != 0 ] || [ ! -f build/lab/verified.lua ] || cp build/lab/verified.lua spec/lab/verified.lua
else
  jobs=$(nproc)
  step lint make -s lint
  step build make -s -j"$jobs" all
  step build-debug make -s -j"$jobs" DEBUG=1 all
  # The price of a target in instructions, which only the release build has.
  specs instructions timeout 120 busted spec/bench/identify_spec.lua
  # In two halves, one for each of two cores: specs that run the whole program, and all others; with these, so that both take
  # about as long, three that run it for long.
  moved='spec/(experiments|records|replay)_spec.lua'
  all=$(find spec -name '*_spec.lua' -not -path 'spec/lab/*' -not -path 'spec/bench/*' | sort)
  programs=$(grep -lE 'spec.support.program|SONDE' $all | grep -vE "$moved")
  others=$(grep -LE 'spec.support.program|SONDE' $all; echo "$all" | grep -E "$moved")
  # shellcheck disable=SC2086
  specs programs-under-asan sanitized timeout 900 busted $programs &
  # shellcheck disable=SC2086
  specs units-under-asan sanitized timeout 900 busted $others
  wait
  count instructions
  count programs-under-asan
  count units-under-asan
  lab
fi
echo "$(($(date +%s) - began)) s"
if [ "$skipped" -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ]
