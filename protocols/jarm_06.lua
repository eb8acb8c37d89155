-- JARM's ClientHello 6 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.1.
return require("sonde.jarm").protocol(6)
