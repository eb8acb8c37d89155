./sonde scan 192.0.2.0/30 -p 80,443 --no-default-blocklist --seed 3 --shard 1/2 --dry-run
./sonde scan 192.0.2.0/30 -p 80,443 --no-default-blocklist --seed 3 --shard 2/2 --dry-run
