-- JARM's ClientHello 6 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.1.
return require("sonde.jarm").protocol(6)
