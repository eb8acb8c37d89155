./sonde scan --link sim:demo --seed 1 --policy docs/examples/scripts/policy/short.lua -o records.jsonl
./sonde scan --link sim:demo --seed 1 --policy short --path docs/examples -o records.jsonl
