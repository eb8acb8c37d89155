-- GStreamer's RTSP server with a picture of its own making. It is RTSP in HTTP as well, and answers GET so.
return {
  title = "GStreamer RTSP server", package = "gir1.2-gst-rtsp-server-1.0",
  packages = { "python3-gi", "gstreamer1.0-plugins-base" }, tier = 2,
  start = [[
cat > lab.py <<'PYTHON'
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer

Gst.init(None)
server = GstRtspServer.RTSPServer(address="0.0.0.0", service="8554")
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch("( videotestsrc ! fakesink )")
server.get_mount_points().add_factory("/lab", factory)
server.attach(None)
GLib.MainLoop().run()
PYTHON
exec python3 lab.py
]],
  serves = { {
    service = "rtsp", port = 8554, ways = { "tls", http = "http" },
    fields = { status = 200, server = { "GStreamer RTSP server" } },
  } },
}
