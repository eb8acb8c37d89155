./sonde scan --link sim:docs/examples/world/office.lua --path docs/examples --seed 1 --full -o office.jsonl
