./sonde compare --policy lzr --policy docs/examples/scripts/policy/burnt.lua --world demo --max-targets 20000
