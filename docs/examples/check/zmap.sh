sudo zmap -p 443 -s 61000-65535 -O json -f saddr,daddr,sport,dport,seqnum,acknum,window 192.0.2.0/24 \
  | sudo ./sonde scan --input zmap -l - -o records.jsonl
