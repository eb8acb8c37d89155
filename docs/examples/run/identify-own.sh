printf 'Network UPS Tools upsd 2.8.0\n' | ./sonde identify --path docs/examples
