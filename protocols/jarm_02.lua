-- JARM's ClientHello 2 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.2, ciphers turned round.
return require("sonde.jarm").protocol(2)
