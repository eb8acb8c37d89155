-- JARM's ClientHello 3 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.2, the first half of the ciphers, from the middle on.
return require("sonde.jarm").protocol(3)
