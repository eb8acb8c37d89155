-- Key exchange, hashes, ciphers and signatures for the engine's own modules: engine/lua_crypto.h says what there is.
return require("sonde.core").crypto
