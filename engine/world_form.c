#include "world_form.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>

static lua_Number field_number(lua_State *L, int position)
{
	lua_rawgeti(L, -1, position);
	lua_Number number = lua_tonumber(L, -1);
	lua_pop(L, 1);
	return number;
}

static uint32_t field_count(lua_State *L, int position)
{
	return (uint32_t)field_number(L, position);
}

static uint64_t field_ns(lua_State *L, int position)
{
	return (uint64_t)(field_number(L, position) * 1e9 + 0.5);
}

static enum behaviour field_behaviour(lua_State *L, int position)
{
	lua_rawgeti(L, -1, position);
	enum behaviour behaviour = behaviour_by_name(luaL_checkstring(L, -1));
	if (behaviour == BEHAVIOUR_COUNT)
		luaL_error(L, "no behaviour '%s'", lua_tostring(L, -1));
	lua_pop(L, 1);
	return behaviour;
}

static enum shun_scope field_shuns(lua_State *L, int position)
{
	lua_rawgeti(L, -1, position);
	enum shun_scope scope = shun_by_name(luaL_checkstring(L, -1));
	if (scope == SHUN_COUNT)
		luaL_error(L, "nothing shuns '%s'", lua_tostring(L, -1));
	lua_pop(L, 1);
	return scope;
}

static bool field_flag(lua_State *L, int position)
{
	lua_rawgeti(L, -1, position);
	bool flag = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return flag;
}

static void read_network(lua_State *L, void *out)
{
	struct population_network *network = out;
	lua_rawgeti(L, -1, 1);
	const char *prefix = luaL_checkstring(L, -1);
	if (address_parse(prefix, &network->prefix))
		luaL_error(L, "'%s' is no address of a network", prefix);
	lua_pop(L, 1);
	network->prefix_bits = (uint8_t)(field_count(L, 2) < 255 ? field_count(L, 2) : 255);
	network->density = field_number(L, 3);
	network->rtt_min_ns = field_ns(L, 4);
	network->rtt_max_ns = field_ns(L, 5);
	network->jitter_ns = field_ns(L, 6);
	network->loss = field_number(L, 7);
	network->share_first = field_count(L, 8);
	network->share_count = field_count(L, 9);
}

static void read_share(lua_State *L, void *out)
{
	*(struct population_share *)out = (struct population_share){ field_count(L, 1), field_number(L, 2) };
}

static void read_kind(lua_State *L, void *out)
{
	*(struct population_kind *)out =
		(struct population_kind){ field_count(L, 1), field_count(L, 2), field_behaviour(L, 3), field_shuns(L, 4) };
}

static void read_place(lua_State *L, void *out)
{
	*(struct population_place *)out = (struct population_place){
		.chance = field_number(L, 1),
		.behaviour = field_behaviour(L, 2),
		.ports_first = field_count(L, 3),
		.ports_count = field_count(L, 4),
		.every = field_flag(L, 5),
	};
}

static void read_ports(lua_State *L, void *out)
{
	*(struct population_ports *)out = (struct population_ports){ (uint16_t)field_count(L, 1),
								     (uint16_t)field_count(L, 2), field_number(L, 3) };
}

/* One array of the flat form, on top of the stack, into memory that *out keeps hold of. */
static size_t read_array(lua_State *L, const char *name, size_t size, void (*read)(lua_State *, void *), void **out)
{
	lua_getfield(L, -1, name);
	size_t count = lua_objlen(L, -1);
	uint8_t *entries = *out = calloc(count ? count : 1, size);
	if (!entries)
		luaL_error(L, "%s", error_text(ERR_NO_MEMORY));
	for (size_t i = 0; i < count; i++) {
		lua_rawgeti(L, -1, (int)i + 1);
		read(L, entries + i * size);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return count;
}

void world_form_read(lua_State *L, struct world_form *form)
{
	struct population_description *d = &form->description;
	d->network_count =
		read_array(L, "networks", sizeof(struct population_network), read_network, &form->networks);
	d->share_count = read_array(L, "shares", sizeof(struct population_share), read_share, &form->shares);
	d->kind_count = read_array(L, "kinds", sizeof(struct population_kind), read_kind, &form->kinds);
	d->place_count = read_array(L, "places", sizeof(struct population_place), read_place, &form->places);
	d->ports_count = read_array(L, "ports", sizeof(struct population_ports), read_ports, &form->ports);
	d->networks = form->networks;
	d->shares = form->shares;
	d->kinds = form->kinds;
	d->places = form->places;
	d->ports = form->ports;
}

void world_form_free(struct world_form *form)
{
	free(form->networks);
	free(form->shares);
	free(form->kinds);
	free(form->places);
	free(form->ports);
	*form = (struct world_form){ 0 };
}
