/* Coroutines of one Lua state: pooled, started when something answers, resumed when what they wait for is there, and
 * stopped when they loop or eat memory. Each coroutine runs one target (or, in a simulated world, one server connection). */
#ifndef SONDE_CORO_H
#define SONDE_CORO_H

#include "transport.h"

#include <luajit-2.1/lua.h>

/* What a script is told that waits where it cannot. */
#define CORO_NO_WAIT "nothing can be waited for here: within a callback of a C function, or outside of a target's coroutine"

struct coro_pool;
struct coro;
struct timer_wheel;

/* What a coroutine's end is reported with: `error` is NULL when its function returned, else the message with file and line.
 * `tag` is what coro_start was given. What the coroutine holds and keeps is released after this call. */
typedef void (*coro_done_fn)(void *owner, struct coro *coro, void *tag, const char *error);

/* For `sonde probe`: told of what happens, in words ("sent", "received", "reset", ...), on a connection or (NULL) beside. */
typedef void (*coro_observe_fn)(void *owner, uint64_t now_ns, const struct stream *stream, const char *what,
				const void *bytes, size_t length);

struct coro_config {
	struct transport *transport; /* its clock is the coroutines' clock; borrowed */
	int64_t wall_offset_ns; /* added to its clock: the time of day, in ns since 1970 */
	coro_done_fn done;
	void *owner;
	uint64_t seed; /* for what scripts draw by chance */
	bool simulated; /* OpenSSL draws from it, too */
	coro_observe_fn observe; /* NULL: nobody watches */
	void *observe_owner;
};

/* Something that must not outlive the coroutine that holds it, embedded in what it is. */
struct coro_resource {
	struct coro_resource *next;
	struct coro *holder; /* NULL: nobody */
	void (*release)(struct coro_resource *resource);
};

/* `L` must be a state made by script_open (its allocator does the memory accounting). NULL when out of memory. */
struct coro_pool *coro_pool_create(lua_State *L, const struct coro_config *config);
/* Coroutines that still wait are dropped without being resumed; what they hold is released. Before the transport's end. */
void coro_pool_destroy(struct coro_pool *pool);

/* Ends every coroutine that still waits, without resuming it, as if it had raised `message`. */
void coro_pool_cancel(struct coro_pool *pool, const char *message);

#define CORO_KEPT_MAX 1

/* Starts a coroutine: the function and its `arguments` arguments are on top of L's stack and are popped; so are `kept` values
 * beneath them, which live as long as the coroutine (coro_push_kept). It runs at once, until it first waits. `first` (may be NULL)
 * is held by it from the start. 0 or ERR_NO_MEMORY. */
int coro_start(struct coro_pool *pool, int arguments, int kept, struct coro_resource *first, void *tag);
/* Pushes the `which`th of the values it keeps onto L, from 0. */
void coro_push_kept(const struct coro *coro, lua_State *L, int which);
/* Keeps what is on top of L's stack, which is popped, in place of the `which`th. */
void coro_keep(struct coro *coro, lua_State *L, int which);
/* Of a coroutine that ended: with an error of its own, which lies on top of coro_state's stack, rather than by being stopped. */
bool coro_raised(const struct coro *coro);

uint32_t coro_pool_active(const struct coro_pool *pool);
/* The tag of the coroutine that runs now; NULL: none does. May be called from a signal handler. */
void *coro_pool_running_tag(const struct coro_pool *pool);
/* Fires what is due (deadlines, sleeps), so much of it that packets do not wait long; coro_pool_next says when there is more
 * (UINT64_MAX: never). */
void coro_pool_advance(struct coro_pool *pool, uint64_t now_ns);
uint64_t coro_pool_next(const struct coro_pool *pool);
/* Its timers, for others that are to be due in the same order. */
struct timer_wheel *coro_pool_wheel(const struct coro_pool *pool);

/* What a coroutine waits for is known to whoever suspended it: `wake` runs when its timer fires; it gets
 * the `what` of coro_suspend, must push the results of the wait onto the coroutine's stack and return how many they are. */
typedef int (*coro_wake_fn)(lua_State *L, void *what);

/* The coroutine that runs now, when it is L's and can be suspended here: not within a callback of a C function, such as
 * string.gsub's or table.sort's. NULL otherwise. */
struct coro *coro_running(struct coro_pool *pool, lua_State *L);
/* For C functions called by the running coroutine: `return coro_suspend(...)`. due_ns UINT64_MAX: no timer. */
int coro_suspend(struct coro *coro, lua_State *L, uint64_t due_ns, coro_wake_fn wake, void *what);
/* What a suspended coroutine waits for will not be: it goes on at the next advance. Runs nothing of Lua, so that a finalizer may. */
void coro_wake_soon(struct coro *coro, coro_wake_fn wake, void *what);
#define CORO_WAITS (-1)

/* For C functions called by the running coroutine, which must not be nested already: calls the function below `arguments` arguments
 * on top of L's stack, on a Lua thread of its own, which takes their place there, and whose waits are the coroutine's. Returns how
 * many results it pushed: true; or false, what was raised, and the thread as the error left it. Or CORO_WAITS: what calls is to
 * `return lua_yield(L, lua_gettop(L))`, with which the thread lives on, and gets these results later; or to leave the nest itself. */
int coro_nest(struct coro *coro, lua_State *L, int arguments);
bool coro_is_nested(const struct coro *coro);
/* Never goes on with the function of coro_nest, which waits: this costs much less than an error raised there. What coro_nest's
 * caller gets is the matter of whoever calls this. False when there is none. */
bool coro_leave_nest(struct coro *coro);
/* Goes on with a suspended coroutine whose `results` results lie on top of coro_state's stack. */
void coro_resume(struct coro *coro, int results);
lua_State *coro_state(struct coro *coro);
/* Ties a resource to a coroutine: released when it ends, in reverse order. `drop` unties it without releasing. */
void coro_hold(struct coro *coro, struct coro_resource *resource);
void coro_drop(struct coro_resource *resource);

lua_State *coro_pool_state(const struct coro_pool *pool);
struct transport *coro_pool_transport(const struct coro_pool *pool);
uint64_t coro_pool_seed(const struct coro_pool *pool);
bool coro_pool_simulated(const struct coro_pool *pool);
int64_t coro_pool_epoch_s(const struct coro_pool *pool); /* seconds since 1970 */
void coro_observe(const struct coro_pool *pool, const struct stream *stream, const char *what, const void *bytes,
		  size_t length);

#endif
