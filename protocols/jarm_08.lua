-- JARM's ClientHello 8 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.3, ciphers turned round.
return require("sonde.jarm").protocol(8)
