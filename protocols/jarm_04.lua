-- JARM's ClientHello 4 of ten (RFC 8446; scripts/policy/jarm.lua): TLS 1.2, the last half of the ciphers, with rare protocols.
return require("sonde.jarm").protocol(4)
