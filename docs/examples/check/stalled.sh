sudo ./sonde scan 192.0.2.1 -p 443 --trace frames.pcap -o records.jsonl
