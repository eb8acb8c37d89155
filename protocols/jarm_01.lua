-- JARM's ClientHello 1 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.2, its ciphers as they are listed, protocols turned round.
return require("sonde.jarm").protocol(1)
