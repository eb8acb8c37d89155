-- gmrender-resurrect: a media renderer's UPnP.
return {
  title = "gmrender-resurrect", package = "gmediarender", packages = { "gstreamer1.0-plugins-base" }, tier = 2,
  start = [[exec gmediarender --port=49494 --interface-name=eth0 --friendly-name="Sonde lab" --logfile=stderr]],
  serves = { {
    service = "http", port = 49494, handshake = "upnp", ways = { "http", "tls" },
    fields = { status = 500, server = { "Portable SDK for UPnP devices/" } },
  } },
}
