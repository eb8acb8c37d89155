-- JARM's ClientHello 3 of ten (scripts/policy/jarm.lua sends them all; RFC 8446): TLS 1.2, the first half of the ciphers, from the middle on.
return require("sonde.jarm").protocol(3)
