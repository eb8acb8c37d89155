-- JARM's ClientHello 7 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.3, protocols turned round.
return require("sonde.jarm").protocol(7)
