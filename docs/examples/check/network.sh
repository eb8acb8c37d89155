sudo ./sonde scan 192.0.2.0/24 -p @web,22 --rate 1k -o records.jsonl --summary summary.json
