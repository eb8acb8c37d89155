-- JARM's ClientHello 10 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.3, ciphers from the middle outwards, with GREASE.
return require("sonde.jarm").protocol(10)
