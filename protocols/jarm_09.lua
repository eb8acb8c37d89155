-- JARM's ClientHello 9 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.3 without its ciphers.
return require("sonde.jarm").protocol(9)
