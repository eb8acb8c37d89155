./sonde scan --link sim:demo --seed 1 -o records.jsonl --summary summary.json
