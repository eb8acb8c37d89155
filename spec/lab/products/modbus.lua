-- pymodbus as a Modbus/TCP server with an identity.
return {
  title = "pymodbus", package = "python3-pymodbus", tier = 1,
  start = [[
cat > server.py <<'PYTHON'
from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartTcpServer
names = {"VendorName": "Sonde", "ProductCode": "LAB", "MajorMinorRevision": "1.2"}
StartTcpServer(context=ModbusServerContext(slaves=ModbusSlaveContext(), single=True), address=("0.0.0.0", 502),
    identity=ModbusDeviceIdentification(info_name=names))
PYTHON
exec python3 server.py
]],
  serves = { {
    service = "modbus", port = 502, ways = {},
    fields = { vendor = "Sonde", product_code = "LAB", revision = "1.2" },
  } },
}
