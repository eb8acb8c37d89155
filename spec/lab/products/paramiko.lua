-- Paramiko: SSH in Python.
return {
  title = "Paramiko", package = "python3-paramiko", tier = 2,
  start = [[
ssh-keygen -q -t ecdsa -b 256 -m PEM -N "" -f host_key
cat > lab.py <<'PYTHON'
import paramiko, socket

key = paramiko.ECDSAKey(filename="host_key")
listener = socket.create_server(("0.0.0.0", 22), backlog=64)
while True:
    connection, _ = listener.accept()
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    try:
        transport.start_server(event=paramiko.transport.threading.Event(), server=paramiko.ServerInterface())
    except Exception as failure:
        print(failure)
PYTHON
exec python3 lab.py
]],
  serves = { {
    service = "ssh", port = 22, ways = { "wait", "http", "tls", "newlines" },
    fields = {
      software = "paramiko_$upstream", host_key_type = "ecdsa-sha2-nistp256", host_key_proven = true,
      host_key_fingerprint = "$(ssh-keygen -l -f host_key.pub | cut -d' ' -f2)",
    },
  } },
}
