-- JARM's ClientHello 5 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.2, ciphers from the middle outwards, with rare protocols and GREASE.
return require("sonde.jarm").protocol(5)
