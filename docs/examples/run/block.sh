./sonde scan -l docs/examples/targets.txt -p 443 --blocklist docs/examples/blocklist.txt \
  --no-default-blocklist --dry-run
