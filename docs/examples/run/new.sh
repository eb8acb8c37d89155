./sonde new protocol lamp --path my-protocols
./sonde list protocols --path my-protocols
