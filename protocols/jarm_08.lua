-- JARM's ClientHello 8 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.3, ciphers turned round.
return require("sonde.jarm").protocol(8)
