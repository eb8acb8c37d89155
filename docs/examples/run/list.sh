./sonde list protocols
./sonde list policies
./sonde list worlds
