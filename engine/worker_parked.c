/* What becomes of parked targets: an answer, the end of their time, or the end of the scan. */
#include "worker_internal.h"

#include "lua_conn.h"

/* A parked target becomes one with a conn again, of which the reference and the resource are returned, as by lua_worker_new_target.
 * LUA_NOREF: memory is out, and the target is lost. */
static int revive(struct worker *worker, struct parked *parked, struct coro_resource **resource, int *kept)
{
	struct endpoint remote = parked_stream(parked)->remote;
	int ref = lua_worker_revive(worker->config.L, &worker->functions, parked, resource, kept);
	if (ref == LUA_NOREF) {
		worker->config.counters->script_errors++;
		parked_drop(parked);
		return LUA_NOREF;
	}
	worker_note_subject(worker, ref, &remote);
	return ref;
}

/* Goes on with one whose conn knows by now what came of its first question. */
static void resume_revived(struct worker *worker, int ref, struct coro_resource *resource, int kept)
{
	lua_State *L = worker->config.L;
	lua_rawgeti(L, LUA_REGISTRYINDEX, worker->functions.resume);
	lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
	lua_pushstring(L, conn_first_outcome(resource));
	if (coro_start(worker->pool, 2, kept, resource, (void *)(intptr_t)ref))
		luaL_unref(L, LUA_REGISTRYINDEX, ref);
}

void worker_parked_due(void *owner, struct parked *parked)
{
	struct coro_resource *resource;
	int kept, ref = revive(owner, parked, &resource, &kept);
	if (ref != LUA_NOREF)
		resume_revived(owner, ref, resource, kept);
}

void worker_on_data(void *owner, struct stream *stream, const uint8_t *bytes, size_t length)
{
	struct parked *parked = parked_of(stream);
	struct coro_resource *resource;
	int kept, ref = parked ? revive(owner, parked, &resource, &kept) : LUA_NOREF;
	if (parked && ref == LUA_NOREF)
		return;
	conn_on_data(owner, stream, bytes, length);
	if (parked)
		resume_revived(owner, ref, resource, kept);
}

void worker_on_event(void *owner, struct stream *stream, enum stream_event event)
{
	struct parked *parked = parked_of(stream);
	struct coro_resource *resource;
	if (parked && (event == STREAM_ACKED || event == STREAM_WINDOW))
		return; /* the answer is yet to come */
	int kept, ref = parked ? revive(owner, parked, &resource, &kept) : LUA_NOREF;
	if (parked && ref == LUA_NOREF)
		return;
	conn_on_event(owner, stream, event);
	if (parked)
		resume_revived(owner, ref, resource, kept);
}

void worker_cancel_parked(struct worker *worker, const char *message)
{
	lua_State *L = worker->config.L;
	struct coro_resource *resource;
	while (parking_count(worker->parking) > 0) {
		int kept, ref = revive(worker, parking_newest(worker->parking), &resource, &kept);
		if (ref == LUA_NOREF)
			continue;
		lua_rawgeti(L, LUA_REGISTRYINDEX, worker->functions.suspend);
		lua_pushlightuserdata(L, worker->pool);
		if (coro_start(worker->pool, 1, kept, resource, (void *)(intptr_t)ref))
			luaL_unref(L, LUA_REGISTRYINDEX, ref);
		coro_pool_cancel(worker->pool, message);
	}
}
