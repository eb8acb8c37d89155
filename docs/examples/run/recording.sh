./sonde scan --link sim:demo --seed 1 --max-targets 1000 --policy exhaustive --record recording.jsonl -o /dev/null -q
./sonde scan --transport replay:recording.jsonl --policy lzr -o records.jsonl -q
./sonde compare --policy lzr --policy sonde --recording recording.jsonl
