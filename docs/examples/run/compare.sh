for policy in lzr docs/examples/scripts/policy/burnt.lua; do
  ./sonde scan --link sim:demo --seed 1 --policy $policy -o /dev/null --summary summary.json -q
  echo "$policy"
  grep -o '"frames_sent":[0-9]*\|"connections":[0-9]*\|"verdicts":{[^}]*}' summary.json
done
