sudo ./sonde scan -l docs/examples/targets.txt -p 443 --blocklist docs/examples/blocklist.txt --rate 500 \
  --source-address 192.0.2.10 --shard 1/7 --seed 20260302 -o monday.jsonl --summary monday.json
