/* The flat form of a world's description, as sonde/world.lua makes it, read into what population_create takes. */
#ifndef SONDE_WORLD_FORM_H
#define SONDE_WORLD_FORM_H

#include "population.h"

#include <luajit-2.1/lua.h>

/* All zero is an empty one. */
struct world_form {
	struct population_description description; /* points into the arrays */
	void *networks, *shares, *kinds, *places, *ports;
};

/* Reads the table on top of the stack. Raises Lua errors; whatever happens, the form is to be freed. */
void world_form_read(lua_State *L, struct world_form *form);
void world_form_free(struct world_form *form);

#endif
