#include "lua_world.h"

#include "cookie.h"
#include "lua_conn.h"
#include "script.h"
#include "transport_raw.h"
#include "world_form.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* What the keys and seeds are for. */
enum purpose { PURPOSE_DRAW = 0x4c57, PURPOSE_LINK, PURPOSE_TRANSPORT, PURPOSE_WINDOW, PURPOSE_MSS };

struct lua_world {
	lua_State *L;
	struct world *world;
	struct transport *transport; /* listens on the world's server end */
	struct coro_pool *pool;
	struct counters counters;
	struct cookie_key draw_key;
	uint64_t seed;
	int compiled, runner; /* registry references: sonde.world's flat form, and its function for one connection */
	const char *targets, *ports; /* kept alive by `compiled` */
	uint32_t errors;
	struct error first_error;
};

/* What loading fills in under lua_cpcall. */
struct loading {
	struct lua_world *world;
	const struct lua_world_config *config;
	struct error *why;
	int error;
	struct world_form form;
};

static const char *read_text(lua_State *L, const char *name)
{
	lua_getfield(L, -1, name);
	const char *text = luaL_checkstring(L, -1);
	lua_pop(L, 1);
	return text;
}

/* draw(address, purpose): the share of something that the host at an address has (sonde.world_host). */
static int world_draw(lua_State *L)
{
	const struct lua_world *world = lua_touserdata(L, lua_upvalueindex(1));
	size_t length;
	struct address address;
	struct resident resident;
	const char *text = luaL_checkstring(L, 1), *purpose = luaL_checklstring(L, 2, &length);
	const struct population *population = world_population(world->world);
	if (address_parse(text, &address) || !population_find(population, &address, &resident))
		return luaL_argerror(L, 1, "nobody lives there");
	uint64_t hash = cookie_hash(&world->draw_key, purpose, length);
	lua_pushnumber(L, population_draw(population, &resident, hash));
	return 1;
}

/* clock(): the world's time in seconds. */
static int world_clock(lua_State *L)
{
	const struct lua_world *world = lua_touserdata(L, lua_upvalueindex(1));
	lua_pushnumber(L, (double)world->transport->ops->now(world->transport) / 1e9);
	return 1;
}

static int load_protected(lua_State *L)
{
	struct loading *loading = lua_touserdata(L, 1);
	struct lua_world *world = loading->world;
	conn_register(L);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "sonde.world");
	lua_call(L, 1, 1);
	lua_getfield(L, -1, "load");
	lua_pushstring(L, loading->config->lua_dir);
	lua_pushstring(L, loading->config->name);
	lua_call(L, 2, 2);
	if (lua_isnil(L, -2)) {
		loading->error = error_set(loading->why, ERR_INVALID, "%s", luaL_checkstring(L, -1));
		return 0;
	}
	lua_pop(L, 1);
	world->targets = read_text(L, "target_text");
	world->ports = read_text(L, "port_text");
	world_form_read(L, &loading->form);
	lua_getfield(L, -2, "runner");
	lua_pushvalue(L, -2);
	lua_getfield(L, LUA_REGISTRYINDEX, "sonde.conn.primitives");
	lua_pushlightuserdata(L, world);
	lua_pushcclosure(L, world_draw, 1);
	lua_pushlightuserdata(L, world);
	lua_pushcclosure(L, world_clock, 1);
	lua_call(L, 4, 1);
	world->runner = luaL_ref(L, LUA_REGISTRYINDEX);
	world->compiled = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

/* --- servers -------------------------------------------------------------------------------------------------------- */

static enum listen_answer world_listen(void *owner, const struct endpoint *local, const struct endpoint *remote,
				       struct listen_options *options)
{
	static const uint16_t windows[] = { 65535, 65535, 64240, 64240, 29200, 28960, 14600, 8192 };
	static const uint16_t sizes[] = { 1460, 1460, 1460, 1452, 1440, 1400, 1380, 1360 };
	const struct lua_world *world = owner;
	(void)remote;
	struct world_truth truth = world_truth(world->world, local);
	if (!truth.exists || truth.tenant.behaviour != BEHAVIOUR_SERVE)
		return LISTEN_IGNORE;
	const struct population *population = world_population(world->world);
	options->ttl = world_ttl(world->world, &truth.resident);
	options->window = windows[population_number(population, &truth.resident, PURPOSE_WINDOW) % 8];
	options->mss = sizes[population_number(population, &truth.resident, PURPOSE_MSS) % 8];
	return LISTEN_ACCEPT;
}

struct starting {
	struct lua_world *world;
	struct stream *stream;
	uint32_t place;
};

static int start_protected(lua_State *L)
{
	struct starting *starting = lua_touserdata(L, 1);
	struct lua_world *world = starting->world;
	char text[ADDRESS_TEXT_MAX];
	lua_rawgeti(L, LUA_REGISTRYINDEX, world->runner);
	struct conn *conn = conn_push(L, world->pool, starting->stream);
	lua_pushnumber(L, starting->place);
	lua_pushstring(L, address_format(&starting->stream->local.address, text));
	lua_pushnumber(L, starting->stream->local.port);
	if (coro_start(world->pool, 4, 0, conn_resource(conn), world))
		return luaL_error(L, "%s", error_text(ERR_NO_MEMORY));
	return 0;
}

static void world_opened(void *owner, struct stream *stream)
{
	struct lua_world *world = owner;
	struct world_truth truth = world_truth(world->world, &stream->local);
	struct starting starting = { world, stream, truth.tenant.place };
	if (lua_cpcall(world->L, start_protected, &starting) == 0)
		return;
	lua_pop(world->L, 1);
	if (!stream->user)
		stream->transport->ops->close(stream, CLOSE_RESET);
	else
		lua_gc(world->L, LUA_GCCOLLECT, 0); /* a conn took it that nobody holds: its collection closes the stream */
}

static void world_refused(void *owner, const struct endpoint *remote, enum refusal refusal, uint8_t icmp_type,
			  uint8_t icmp_code, uint64_t rtt_ns)
{
	(void)owner, (void)remote, (void)refusal, (void)icmp_type, (void)icmp_code, (void)rtt_ns; /* servers probe nobody */
}

static void world_failed(struct lua_world *world, const char *message)
{
	if (world->errors++ == 0)
		error_set(&world->first_error, ERR_SCRIPT, "%s", message);
}

static void world_done(void *owner, struct coro *coro, void *tag, const char *error)
{
	(void)coro;
	(void)tag;
	if (error)
		world_failed(owner, error);
}

static void servers_run(void *owner)
{
	struct lua_world *world = owner;
	struct error why;
	uint64_t now_ns = world->transport->ops->now(world->transport);
	coro_pool_advance(world->pool, now_ns); /* first: what it sends leaves with the poll */
	if (world->transport->ops->poll(world->transport, now_ns, &why))
		world_failed(world, why.text);
}

static uint64_t servers_next(const void *owner)
{
	const struct lua_world *world = owner;
	uint64_t transport_ns = world->transport->ops->next(world->transport), coro_ns = coro_pool_next(world->pool);
	return transport_ns < coro_ns ? transport_ns : coro_ns;
}

static uint64_t seed_for(const struct lua_world *world, enum purpose purpose)
{
	return cookie_key_from_seed(world->seed, purpose).k0;
}

static int open_servers(struct lua_world *world, const struct lua_world_config *config, struct error *why)
{
	struct transport_raw_config raw = {
		.base = {
			.handler = { .owner = world, .opened = world_opened, .refused = world_refused, .data = conn_on_data,
				     .event = conn_on_event },
			.counters = &world->counters,
			.seed = seed_for(world, PURPOSE_TRANSPORT),
			.streams_max = config->streams_max,
			.retries = 3,
		},
		.link = world_server_end(world->world),
		.path = { .layer = LINK_RAW_IP },
		.port_first = 1024,
		.port_last = 65535,
		.listen = world_listen,
		.listen_owner = world,
	};
	int error = transport_raw_create(&world->transport, &raw, why);
	if (error)
		return error;
	struct coro_config coro = {
		.transport = world->transport,
		.done = world_done,
		.owner = world,
		.seed = world->seed,
	};
	world->pool = coro_pool_create(world->L, &coro);
	if (!world->pool)
		return error_set(why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	struct world_servers servers = { world, servers_run, servers_next };
	world_set_servers(world->world, &servers);
	return 0;
}

/* --- the world -------------------------------------------------------------------------------------------------------- */

/* The Lua state, and the population its description tells of. */
static int load_population(struct lua_world *world, const struct lua_world_config *config,
			   struct population **out, struct error *why)
{
	struct loading loading = { .world = world, .config = config, .why = why };
	struct script_config script = { .lua_dir = config->lua_dir, .jit = config->jit };
	world->L = script_open(&script, why);
	if (!world->L)
		return ERR_SCRIPT;
	if (lua_cpcall(world->L, load_protected, &loading)) {
		const char *message = lua_tostring(world->L, -1);
		loading.error = error_set(why, ERR_SCRIPT, "%s", message ? message : error_text(ERR_SCRIPT));
		lua_pop(world->L, 1);
	}
	if (!loading.error)
		loading.error = population_create(out, &loading.form.description, world->seed, why);
	world_form_free(&loading.form);
	return loading.error;
}

int lua_world_load(struct lua_world **out, const struct lua_world_config *config, struct error *why)
{
	struct population *population = NULL;
	struct lua_world *world = calloc(1, sizeof *world);
	if (!world)
		return error_set(why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	world->seed = config->seed;
	world->draw_key = cookie_key_from_seed(config->seed, PURPOSE_DRAW);
	int error = load_population(world, config, &population, why);
	if (!error)
		error = world_create(&world->world, population, config->seed, why);
	if (!error)
		error = open_servers(world, config, why);
	if (error) {
		lua_world_destroy(world);
		return error;
	}
	*out = world;
	return 0;
}

void lua_world_destroy(struct lua_world *world)
{
	if (!world)
		return;
	coro_pool_destroy(world->pool);
	if (world->transport)
		world->transport->ops->destroy(world->transport);
	script_close(world->L);
	world_destroy(world->world);
	free(world);
}

int lua_world_open_link(struct lua_world *world, struct link **out, struct counters *counters, struct error *why)
{
	return world_open_link(out, world->world, seed_for(world, PURPOSE_LINK), counters, why);
}

const char *lua_world_targets(const struct lua_world *world)
{
	return world->targets;
}

const char *lua_world_ports(const struct lua_world *world)
{
	return world->ports;
}

uint32_t lua_world_errors(const struct lua_world *world)
{
	return world->errors;
}

const char *lua_world_first_error(const struct lua_world *world)
{
	return world->first_error.text;
}

uint32_t lua_world_connections(const struct lua_world *world)
{
	return coro_pool_active(world->pool);
}

/* A name in the flat form: compiled[list][position], or its `field`. The string stays alive with the form. */
static const char *compiled_name(const struct lua_world *world, const char *list, uint32_t position, const char *field)
{
	lua_State *L = world->L;
	lua_rawgeti(L, LUA_REGISTRYINDEX, world->compiled);
	lua_getfield(L, -1, list);
	lua_rawgeti(L, -1, (int)position + 1);
	if (field)
		lua_getfield(L, -1, field);
	const char *name = lua_tostring(L, -1);
	lua_pop(L, field ? 4 : 3);
	return name;
}

struct lua_world_truth lua_world_truth(const struct lua_world *world, const struct endpoint *endpoint)
{
	struct world_truth truth = world_truth(world->world, endpoint);
	struct lua_world_truth out = { .behaviour = behaviour_name(truth.tenant.behaviour) };
	if (!truth.exists)
		return out;
	out.shuns = truth.shuns == SHUN_NOBODY ? NULL : shun_name(truth.shuns);
	out.network = truth.resident.network;
	out.kind = compiled_name(world, "kind_names", truth.resident.kind, NULL);
	if (truth.tenant.behaviour == BEHAVIOUR_SERVE)
		out.service = compiled_name(world, "roles", truth.tenant.place, "service");
	return out;
}
