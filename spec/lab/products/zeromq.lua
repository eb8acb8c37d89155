-- ZeroMQ: a socket that answers.
return {
  title = "ZeroMQ", package = "python3-zmq", tier = 2,
  start = [[
cat > lab.py <<'PYTHON'
import zmq

socket = zmq.Context().socket(zmq.REP)
socket.bind("tcp://0.0.0.0:5555")
socket.recv()
PYTHON
exec python3 lab.py
]],
  serves = { { service = "zmtp", port = 5555, handshake = false, ways = { "wait", "http", "tls", "newlines" } } },
}
