./sonde probe 198.18.16.1 5555 --link sim:spec/worlds/specification.lua --seed 1
