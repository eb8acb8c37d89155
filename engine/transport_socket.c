#include "transport_socket.h"

#include "socket_stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_DEFAULT_NS 1000000000ull
#define RETRIES_MAX 16u
#define STREAMS_DEFAULT 16384u
#define DESCRIPTORS_SPARE 64u /* for everything that is not a stream */
#define RESERVE_SHARE 8u /* of the streams, one in so many is for connect() only, so that probes cannot starve it */
#define SLEEP_MOST_NS 100000000ull /* libuv sleeps through signals; whoever counts them is asked this often */
#define SYN_BYTES 94u
#define KERNEL_RTO_NS 1000000000ull /* RFC 6298 section 2.1; doubles with every SYN repeated */

static struct transport_socket *socket_of(const struct transport *transport)
{
	return (struct transport_socket *)transport;
}

static size_t transport_socket_room(struct transport *transport)
{
	struct transport_socket *self = socket_of(transport);
	uint64_t now_ns = uv_hrtime();
	uint32_t most = self->streams_max - self->streams_max / RESERVE_SHARE;
	if (now_ns < self->pause_ns || self->streams >= most)
		return 0;
	uint32_t room = pace_room(&self->pace, now_ns, SYN_BYTES);
	return room < most - self->streams ? room : most - self->streams;
}

static int transport_socket_probe(struct transport *transport, const struct endpoint *remote)
{
	struct socket_stream *stream;
	if (transport_socket_room(transport) == 0)
		return ERR_AGAIN;
	int error = socket_stream_start(socket_of(transport), remote, true, NULL, &stream);
	if (!error)
		transport->counters->probes++;
	return error;
}

static int transport_socket_connect(struct transport *transport, const struct endpoint *remote, void *user, struct stream **out)
{
	struct socket_stream *stream;
	int error = socket_stream_start(socket_of(transport), remote, false, user, &stream);
	if (!error)
		*out = &stream->stream;
	return error;
}

static int transport_socket_send(struct stream *stream, const void *bytes, size_t length)
{
	return socket_stream_send((struct socket_stream *)stream, bytes, length);
}

static void transport_socket_close(struct stream *stream, enum close_how how)
{
	socket_stream_close((struct socket_stream *)stream, how);
}

static void free_released(struct transport_socket *self)
{
	while (self->released) {
		struct socket_stream *stream = self->released;
		self->released = stream->next;
		free(stream);
	}
}

static void on_wake(uv_timer_t *timer)
{
	(void)timer;
}

/* How long poll may sleep: until there is something to do, or to send. */
static uint64_t sleep_until(struct transport_socket *self, uint64_t until_ns, uint64_t now_ns)
{
	uint64_t due_ns = timer_wheel_next(self->wheel);
	due_ns = due_ns < until_ns ? due_ns : until_ns;
	if (pace_room(&self->pace, now_ns, SYN_BYTES) == 0) {
		uint64_t pace_ns = pace_next(&self->pace, now_ns, SYN_BYTES);
		due_ns = pace_ns < due_ns ? pace_ns : due_ns;
	}
	return due_ns < now_ns + SLEEP_MOST_NS ? due_ns : now_ns + SLEEP_MOST_NS;
}

static int transport_socket_poll(struct transport *transport, uint64_t until_ns, struct error *why)
{
	struct transport_socket *self = socket_of(transport);
	(void)why;
	self->told = false;
	timer_wheel_advance(self->wheel, uv_hrtime());
	uint64_t now_ns = uv_hrtime();
	uint64_t due_ns = sleep_until(self, until_ns, now_ns);
	if (self->told || due_ns <= now_ns) {
		uv_run(&self->loop, UV_RUN_NOWAIT);
	} else {
		uv_update_time(&self->loop);
		uv_timer_start(&self->wake, on_wake, (due_ns - now_ns + 999999) / 1000000, 0);
		uv_run(&self->loop, UV_RUN_ONCE);
		uv_timer_stop(&self->wake);
	}
	timer_wheel_advance(self->wheel, uv_hrtime());
	free_released(self);
	return 0;
}

static bool transport_socket_idle(const struct transport *transport)
{
	return socket_of(transport)->streams == 0;
}

static uint64_t transport_socket_next(const struct transport *transport)
{
	return timer_wheel_next(socket_of(transport)->wheel);
}

static uint64_t transport_socket_now(const struct transport *transport)
{
	(void)transport;
	return uv_hrtime();
}

/* The loop ends as soon as every handle is closed, and no handle waits for the network any more. */
static void transport_socket_destroy(struct transport *transport)
{
	struct transport_socket *self = socket_of(transport);
	while (self->list)
		socket_stream_release(self->list, true);
	uv_close((uv_handle_t *)&self->wake, NULL);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
	free_released(self);
	timer_wheel_destroy(self->wheel);
	free(self);
}

static const struct transport_ops transport_socket_ops = {
	.name = "socket",
	.probe = transport_socket_probe,
	.room = transport_socket_room,
	.connect = transport_socket_connect,
	.send = transport_socket_send,
	.close = transport_socket_close,
	.poll = transport_socket_poll,
	.idle = transport_socket_idle,
	.next = transport_socket_next,
	.now = transport_socket_now,
	.destroy = transport_socket_destroy,
};

/* Raises the limit of open files as far as allowed; how many of them streams may have, or 0 with errno. */
static uint32_t descriptors_available(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	if (before != limit.rlim_max && setrlimit(RLIMIT_NOFILE, &limit))
		limit.rlim_cur = before;
	errno = EMFILE;
	if (limit.rlim_cur <= DESCRIPTORS_SPARE)
		return 0;
	return limit.rlim_cur - DESCRIPTORS_SPARE < UINT32_MAX ? (uint32_t)(limit.rlim_cur - DESCRIPTORS_SPARE) : UINT32_MAX;
}

/* A source address that is not this machine's is found out before the first probe. */
static int check_source(const struct address *source, struct error *why)
{
	char text[ADDRESS_TEXT_MAX];
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	bool is_v4 = source->family == ADDRESS_V4;
	if (source->family == ADDRESS_NONE)
		return 0;
	memcpy(&v4.sin_addr, source->bytes, 4);
	memcpy(&v6.sin6_addr, source->bytes, 16);
	int descriptor = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = 0;
	if (descriptor < 0 || bind(descriptor, is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6, is_v4 ? sizeof v4 : sizeof v6))
		error = error_errno(why, "cannot use source address %s", address_format(source, text));
	if (descriptor >= 0)
		close(descriptor);
	return error;
}

static void transport_socket_configure(struct transport_socket *self, const struct transport_socket_config *config, uint32_t streams)
{
	const struct transport_config *base = &config->base;
	uint64_t timeout_ns = base->timeout_ns ? base->timeout_ns : TIMEOUT_DEFAULT_NS;
	uint32_t wanted = base->streams_max ? base->streams_max : STREAMS_DEFAULT;
	self->base.ops = &transport_socket_ops;
	self->base.counters = base->counters;
	self->handler = base->handler;
	self->source_v4 = config->source_v4;
	self->source_v6 = config->source_v6;
	self->permit = config->permit;
	self->permit_owner = config->permit_owner;
	self->track_probes = base->track_probes;
	self->retries = base->retries < RETRIES_MAX ? base->retries : RETRIES_MAX;
	self->patience_ns = timeout_ns * ((2ull << self->retries) - 1);
	self->streams_max = wanted < streams ? wanted : streams;
	/* As many SYNs as the kernel needs to last that long, and no more. */
	self->syn_count = 1;
	while (self->syn_count < (int)RETRIES_MAX && KERNEL_RTO_NS * ((2ull << self->syn_count) - 1) < self->patience_ns)
		self->syn_count++;
	pace_init(&self->pace, base->rate_pps, base->rate_bytes, uv_hrtime());
}

int transport_socket_create(struct transport **out, const struct transport_socket_config *config, struct error *why)
{
	uint32_t streams = descriptors_available();
	if (streams == 0)
		return error_errno(why, "cannot open connections");
	int error = check_source(&config->source_v4, why);
	if (!error)
		error = check_source(&config->source_v6, why);
	if (error)
		return error;
	struct transport_socket *self = calloc(1, sizeof *self);
	if (!self)
		return error_set(why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	transport_socket_configure(self, config, streams);
	self->wheel = timer_wheel_create(uv_hrtime());
	int code = self->wheel ? uv_loop_init(&self->loop) : UV_ENOMEM;
	if (code) {
		if (self->wheel)
			timer_wheel_destroy(self->wheel);
		free(self);
		return error_set(why, ERR_SYSTEM, "cannot start an event loop: %s", uv_strerror(code));
	}
	uv_timer_init(&self->loop, &self->wake);
	*out = &self->base;
	return 0;
}
