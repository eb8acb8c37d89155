printf 'SSH-2.0-OpenSSH_9.6p1\r\n' | ./sonde identify
echo '{"id": 1, "port": 21, "data_base64": "MjIwIHJlYWR5DQo="}' | ./sonde identify --jsonl
