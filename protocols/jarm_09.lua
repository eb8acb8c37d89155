-- JARM's ClientHello 9 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.3 without its ciphers.
return require("sonde.jarm").protocol(9)
