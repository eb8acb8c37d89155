-- Hashes of bytes as lower-case hexadecimal text: md5, sha1, sha256.
return require("sonde.core").digest
