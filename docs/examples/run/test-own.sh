./sonde test docs/examples/protocols/nut.lua
