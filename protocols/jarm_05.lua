-- JARM's ClientHello 5 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.2, ciphers from the middle out, rare protocols, GREASE.
return require("sonde.jarm").protocol(5)
