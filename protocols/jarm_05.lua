-- JARM's ClientHello 5 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.2, ciphers from the middle outwards, with rare protocols and GREASE.
return require("sonde.jarm").protocol(5)
