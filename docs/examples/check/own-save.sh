./sonde probe 127.0.0.1 3493 nut --path docs/examples --save docs/examples/spec/replays/nut.jsonl
