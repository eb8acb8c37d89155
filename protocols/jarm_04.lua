-- JARM's ClientHello 4 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.2, the last half of the ciphers, with rare protocols.
return require("sonde.jarm").protocol(4)
