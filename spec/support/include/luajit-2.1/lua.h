/* For headers that name lua_State: enough to declare what takes one. */
#ifndef lua_h
#define lua_h
typedef struct lua_State lua_State;
#endif
