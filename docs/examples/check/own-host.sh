./sonde scan 127.0.0.1 -p 1-10000
