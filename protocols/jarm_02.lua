-- JARM's ClientHello 2 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.2, ciphers turned round.
return require("sonde.jarm").protocol(2)
