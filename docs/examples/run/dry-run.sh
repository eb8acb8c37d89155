./sonde scan 192.0.2.0/30 -p 80,443 --no-default-blocklist --seed 3 --dry-run
