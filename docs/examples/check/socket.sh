./sonde scan 192.0.2.0/24 -p 443 --transport socket --rate 200 -o records.jsonl
