./sonde probe 198.18.0.0 3493 nut --link sim:docs/examples/world/office.lua --path docs/examples --seed 1 \
  --save office-nut.jsonl
