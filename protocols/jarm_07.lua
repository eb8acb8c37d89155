-- JARM's ClientHello 7 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.3, protocols turned round.
return require("sonde.jarm").protocol(7)
