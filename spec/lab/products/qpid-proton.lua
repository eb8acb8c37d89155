-- Qpid Proton: AMQP 1.0.
return {
  title = "Qpid Proton", package = "python3-qpid-proton", tier = 2,
  start = [[
cat > lab.py <<'PYTHON'
from proton.handlers import MessagingHandler
from proton.reactor import Container

class Lab(MessagingHandler):
    def on_start(self, event):
        event.container.listen("0.0.0.0:5672")

Container(Lab()).run()
PYTHON
exec python3 lab.py
]],
  serves = { {
    service = "amqp", port = 5672, handshake = "amqp1", ways = { "http", "newlines" }, fields = { layer = "SASL" },
  } },
}
