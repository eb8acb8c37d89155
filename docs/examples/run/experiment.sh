./sonde list experiments
./sonde experiment port-11211
./sonde experiment docs/examples/scripts/experiment/redis-by-get.lua
