-- JARM's ClientHello 1 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.2, ciphers as listed, protocols turned round.
return require("sonde.jarm").protocol(1)
