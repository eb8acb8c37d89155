#include "coro.h"

#include "error.h"
#include "script.h"
#include "timer.h"

#include <luajit-2.1/lauxlib.h>
#include <stddef.h>
#include <stdlib.h>

#define WAKES_PER_ADVANCE 64 /* about a millisecond of scripts: what comes meanwhile waits in the smallest queues in use */

struct coro {
	struct timer timer; /* first: timer_fired casts back */
	struct coro_pool *pool;
	lua_State *L;
	int ref; /* keeps L alive, in the registry */
	lua_State *inner; /* of coro_nest, kept alive by the stack of L; NULL: none */
	int kept[CORO_KEPT_MAX]; /* registry slots for what coro_start is given to keep */
	uint8_t keeping; /* how many of them are in use */
	bool raised;
	void *tag;
	coro_wake_fn wake;
	void *what; /* of coro_suspend */
	struct coro_resource *resources;
	struct coro *next, *previous; /* in pool->active; `next` also in pool->idle */
};

struct coro_pool {
	lua_State *L;
	struct coro_config config;
	struct timer_wheel *wheel;
	struct coro *running;
	struct coro *active;
	struct coro *idle; /* coroutines whose function returned: their lua_State can run another */
	uint32_t active_count;
};

struct coro_pool *coro_pool_create(lua_State *L, const struct coro_config *config)
{
	struct coro_pool *pool = calloc(1, sizeof *pool);
	if (!pool)
		return NULL;
	pool->L = L;
	pool->config = *config;
	pool->wheel = timer_wheel_create(config->transport->ops->now(config->transport));
	if (!pool->wheel) {
		free(pool);
		return NULL;
	}
	return pool;
}

static void coro_release_resources(struct coro *coro)
{
	while (coro->resources) {
		struct coro_resource *resource = coro->resources;
		coro->resources = resource->next;
		resource->next = NULL;
		resource->holder = NULL;
		resource->release(resource);
	}
}

static void coro_free(struct coro *coro)
{
	luaL_unref(coro->pool->L, LUA_REGISTRYINDEX, coro->ref);
	for (int i = 0; i < CORO_KEPT_MAX; i++)
		luaL_unref(coro->pool->L, LUA_REGISTRYINDEX, coro->kept[i]);
	free(coro);
}

void coro_pool_destroy(struct coro_pool *pool)
{
	if (!pool)
		return;
	while (pool->active) {
		struct coro *coro = pool->active;
		pool->active = coro->next;
		timer_stop(pool->wheel, &coro->timer);
		coro_release_resources(coro);
		coro_free(coro);
	}
	while (pool->idle) {
		struct coro *coro = pool->idle;
		pool->idle = coro->next;
		coro_free(coro);
	}
	timer_wheel_destroy(pool->wheel);
	free(pool);
}

static void timer_fired(struct timer *timer, uint64_t now_ns)
{
	(void)now_ns;
	struct coro *coro = (struct coro *)timer;
	coro_resume(coro, coro->wake(coro_state(coro), coro->what));
}

/* lua_newthread raises when memory is out, so it runs under lua_cpcall. */
static int new_thread(lua_State *L)
{
	struct coro *coro = lua_touserdata(L, 1);
	coro->L = lua_newthread(L);
	coro->ref = luaL_ref(L, LUA_REGISTRYINDEX);
	for (int i = 0; i < CORO_KEPT_MAX; i++) {
		lua_pushboolean(L, 0);
		coro->kept[i] = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	return 0;
}

static struct coro *coro_take(struct coro_pool *pool)
{
	struct coro *coro = pool->idle;
	if (coro) {
		pool->idle = coro->next;
	} else {
		coro = calloc(1, sizeof *coro);
		if (!coro)
			return NULL;
		coro->pool = pool;
		coro->ref = coro->kept[0] = LUA_NOREF;
		coro->timer.fire = timer_fired;
		if (lua_cpcall(pool->L, new_thread, coro)) {
			lua_pop(pool->L, 1);
			coro_free(coro);
			return NULL;
		}
	}
	coro->raised = false;
	coro->previous = NULL;
	coro->next = pool->active;
	if (pool->active)
		pool->active->previous = coro;
	pool->active = coro;
	pool->active_count++;
	return coro;
}

static void coro_unlink(struct coro *coro)
{
	struct coro_pool *pool = coro->pool;
	if (coro->previous)
		coro->previous->next = coro->next;
	else
		pool->active = coro->next;
	if (coro->next)
		coro->next->previous = coro->previous;
	pool->active_count--;
}

/* Why a coroutine ended, or NULL when its function returned. */
static const char *end_message(struct coro *coro, int status)
{
	const char *message = lua_tostring(coro->L, -1);
	if (status == 0)
		return NULL;
	if (script_stopped())
		return script_stopped();
	if (status == LUA_ERRMEM)
		return "out of memory";
	return message ? message : "the script raised a value that is no text";
}

static void coro_forget_kept(struct coro *coro)
{
	for (; coro->keeping > 0; coro->keeping--) {
		lua_pushboolean(coro->pool->L, 0);
		lua_rawseti(coro->pool->L, LUA_REGISTRYINDEX, coro->kept[coro->keeping - 1]);
	}
}

static void coro_end(struct coro *coro, const char *message)
{
	struct coro_pool *pool = coro->pool;
	pool->config.done(pool->config.owner, coro, coro->tag, message);
	coro_release_resources(coro);
	timer_stop(pool->wheel, &coro->timer);
	coro_unlink(coro);
	coro_forget_kept(coro);
	if (message) { /* a lua_State that raised or still waits cannot run another function (Lua 5.1) */
		coro_free(coro);
		return;
	}
	lua_settop(coro->L, 0);
	coro->next = pool->idle;
	pool->idle = coro;
}

void coro_pool_cancel(struct coro_pool *pool, const char *message)
{
	while (pool->active)
		coro_end(pool->active, message);
}

/* The inner thread is over: what coro_nest returns, on the coroutine's own stack. */
static int coro_end_inner(struct coro *coro, int status)
{
	lua_State *inner = coro->inner;
	int count = 1;
	coro->inner = NULL;
	lua_pushboolean(coro->L, status == 0);
	if (status != 0) {
		lua_xmove(inner, coro->L, 1);
		lua_pushthread(inner);
		lua_xmove(inner, coro->L, 1);
		count = 3;
	}
	script_switch(coro->L);
	return count;
}

static int coro_continue(struct coro *coro, int results)
{
	if (coro->inner) {
		int status = lua_resume(coro->inner, results);
		if (status == LUA_YIELD)
			return status;
		results = coro_end_inner(coro, status);
	}
	return lua_resume(coro->L, results);
}

int coro_nest(struct coro *coro, lua_State *L, int arguments)
{
	lua_State *inner = lua_newthread(L);
	lua_insert(L, -2 - arguments);
	lua_xmove(L, inner, arguments + 1);
	coro->inner = inner;
	script_switch(inner);
	int status = lua_resume(inner, arguments);
	return status == LUA_YIELD ? CORO_WAITS : coro_end_inner(coro, status);
}

bool coro_is_nested(const struct coro *coro)
{
	return coro->inner != NULL;
}

bool coro_leave_nest(struct coro *coro)
{
	bool nested = coro->inner != NULL;
	coro->inner = NULL;
	return nested;
}

void coro_keep(struct coro *coro, lua_State *L, int which)
{
	lua_rawseti(L, LUA_REGISTRYINDEX, coro->kept[which]);
}

void coro_push_kept(const struct coro *coro, lua_State *L, int which)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, coro->kept[which]);
}

void coro_resume(struct coro *coro, int results)
{
	struct coro_pool *pool = coro->pool;
	struct coro *before = pool->running;
	timer_stop(pool->wheel, &coro->timer);
	pool->running = coro;
	script_enter(coro_state(coro));
	int status = coro_continue(coro, results);
	script_leave(coro->L);
	pool->running = before;
	if (status == LUA_YIELD)
		return;
	const char *message = end_message(coro, status);
	coro->raised = status == LUA_ERRRUN && !script_stopped();
	coro_end(coro, message);
}

int coro_start(struct coro_pool *pool, int arguments, int kept, struct coro_resource *first, void *tag)
{
	struct coro *coro = coro_take(pool);
	if (!coro) {
		lua_pop(pool->L, arguments + 1 + kept);
		return ERR_NO_MEMORY;
	}
	coro->tag = tag;
	if (first)
		coro_hold(coro, first);
	lua_xmove(pool->L, coro->L, arguments + 1);
	for (coro->keeping = (uint8_t)kept; kept > 0; kept--)
		lua_rawseti(pool->L, LUA_REGISTRYINDEX, coro->kept[kept - 1]);
	coro_resume(coro, arguments);
	return 0;
}

int coro_suspend(struct coro *coro, lua_State *L, uint64_t due_ns, coro_wake_fn wake, void *what)
{
	coro->wake = wake;
	coro->what = what;
	if (due_ns != UINT64_MAX)
		timer_start(coro->pool->wheel, &coro->timer, due_ns);
	return lua_yield(L, 0);
}

void coro_wake_soon(struct coro *coro, coro_wake_fn wake, void *what)
{
	coro->wake = wake;
	coro->what = what;
	timer_start(coro->pool->wheel, &coro->timer, 0);
}

struct coro *coro_running(struct coro_pool *pool, lua_State *L)
{
	struct coro *coro = pool->running;
	return coro && coro_state(coro) == L && lua_isyieldable(L) ? coro : NULL;
}

bool coro_raised(const struct coro *coro)
{
	return coro->raised;
}

lua_State *coro_state(struct coro *coro)
{
	return coro->inner ? coro->inner : coro->L;
}

uint32_t coro_pool_active(const struct coro_pool *pool)
{
	return pool->active_count;
}

void *coro_pool_running_tag(const struct coro_pool *pool)
{
	return pool->running ? pool->running->tag : NULL;
}

void coro_pool_advance(struct coro_pool *pool, uint64_t now_ns)
{
	timer_wheel_advance_some(pool->wheel, now_ns, WAKES_PER_ADVANCE);
}

uint64_t coro_pool_next(const struct coro_pool *pool)
{
	return timer_wheel_next(pool->wheel);
}

struct timer_wheel *coro_pool_wheel(const struct coro_pool *pool)
{
	return pool->wheel;
}

void coro_hold(struct coro *coro, struct coro_resource *resource)
{
	resource->holder = coro;
	resource->next = coro->resources;
	coro->resources = resource;
}

void coro_drop(struct coro_resource *resource)
{
	if (!resource->holder)
		return;
	struct coro_resource **link = &resource->holder->resources;
	while (*link != resource)
		link = &(*link)->next;
	*link = resource->next;
	resource->next = NULL;
	resource->holder = NULL;
}

lua_State *coro_pool_state(const struct coro_pool *pool)
{
	return pool->L;
}

struct transport *coro_pool_transport(const struct coro_pool *pool)
{
	return pool->config.transport;
}

uint64_t coro_pool_seed(const struct coro_pool *pool)
{
	return pool->config.seed;
}

bool coro_pool_simulated(const struct coro_pool *pool)
{
	return pool->config.simulated;
}

int64_t coro_pool_epoch_s(const struct coro_pool *pool)
{
	struct transport *transport = pool->config.transport;
	return ((int64_t)transport->ops->now(transport) + pool->config.wall_offset_ns) / 1000000000;
}

void coro_observe(const struct coro_pool *pool, const struct stream *stream, const char *what, const void *bytes,
		  size_t length)
{
	struct transport *transport = pool->config.transport;
	if (pool->config.observe)
		pool->config.observe(pool->config.observe_owner, transport->ops->now(transport), stream, what, bytes, length);
}
