-- JARM's ClientHello 10 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.3, ciphers from the middle outwards, with GREASE.
return require("sonde.jarm").protocol(10)
