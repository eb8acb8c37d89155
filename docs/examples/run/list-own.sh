./sonde list protocols --path docs/examples
./sonde list policies --path docs/examples
