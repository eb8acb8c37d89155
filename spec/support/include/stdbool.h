/* Empty on purpose: LuaJIT's FFI knows bool. */
