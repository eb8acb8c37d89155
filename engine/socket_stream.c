/* The life of a socket_stream once it is open: data, acknowledgements, the end. */
#include "socket_facts.h"
#include "socket_stream.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define QUEUE_MAX 65536u /* bytes sent and not acknowledged */
#define WATCH_FIRST_NS 1000000ull
#define WATCH_MOST_NS 250000000ull
#define RTO_MIN_NS 250000000ull
#define RTO_RTTS 3u /* RFC 6298 section 2.2: RTT + 4 * RTT / 2 after the first measurement */
#define LINGER_NS 2000000000ull

/* A part of a send that the kernel did not take at once. */
struct pending_write {
	uv_write_t request;
	char bytes[];
};

static struct transport_socket *transport_of(const struct socket_stream *stream)
{
	return (struct transport_socket *)stream->stream.transport;
}

static int descriptor_of(const struct socket_stream *stream)
{
	uv_os_fd_t descriptor = -1;
	uv_fileno((const uv_handle_t *)&stream->tcp, &descriptor);
	return descriptor;
}

/* Brings RTT, window and retransmissions up to date; true while the kernel still has the connection. */
static bool read_facts(struct socket_stream *stream)
{
	struct stream *facts = &stream->stream;
	struct socket_facts now;
	if (socket_facts_read(descriptor_of(stream), &now))
		return false;
	if (facts->rtt_ns == 0)
		facts->rtt_ns = now.rtt_ns;
	facts->window = (uint16_t)(now.window < UINT16_MAX ? now.window : UINT16_MAX);
	transport_of(stream)->base.counters->retransmissions += now.retransmissions - stream->retransmitted;
	stream->retransmitted = now.retransmissions;
	facts->retransmissions = (uint8_t)(now.retransmissions < UINT8_MAX ? now.retransmissions : UINT8_MAX);
	return !now.closed;
}

/* Brings bytes_acked up to date: what is neither in libuv's queue nor in the kernel's has been acknowledged. */
static void count_acked(struct socket_stream *stream)
{
	struct stream *facts = &stream->stream;
	int64_t kernel = socket_facts_unacked(descriptor_of(stream));
	if (kernel < 0)
		return;
	uint64_t left = (uint64_t)kernel + uv_stream_get_write_queue_size((uv_stream_t *)&stream->tcp);
	if (left <= facts->bytes_queued && facts->bytes_queued - left > facts->bytes_acked)
		facts->bytes_acked = facts->bytes_queued - left;
}

/* Counts, and tells when everything is acknowledged. */
static void check_acked(struct socket_stream *stream, uint64_t now_ns)
{
	uint64_t before = stream->stream.bytes_acked;
	count_acked(stream);
	if (stream->stream.bytes_acked > before) {
		stream->progress_ns = now_ns;
		stream->unacked_told = false;
	}
	if (stream->outstanding && stream->stream.bytes_acked == stream->stream.bytes_queued) {
		stream->outstanding = false;
		socket_stream_tell(stream, STREAM_ACKED);
	}
}

static void stream_reset(struct socket_stream *stream)
{
	stream->phase = SOCKET_DEAD;
	timer_stop(transport_of(stream)->wheel, &stream->timer);
	socket_stream_drop(stream, true);
	socket_stream_tell(stream, STREAM_RESET);
}

static void start_watch(struct socket_stream *stream, uint64_t now_ns)
{
	uint64_t rtt_ns = stream->stream.rtt_ns;
	if (timer_running(&stream->timer))
		return;
	stream->watch_ns = rtt_ns < WATCH_FIRST_NS ? WATCH_FIRST_NS : rtt_ns < WATCH_MOST_NS ? rtt_ns : WATCH_MOST_NS;
	timer_start(transport_of(stream)->wheel, &stream->timer, now_ns + stream->watch_ns);
}

/* As long as our own TCP would try: the first RTO and all its doublings. */
static uint64_t unacked_after_ns(const struct socket_stream *stream)
{
	uint64_t rto_ns = RTO_RTTS * stream->stream.rtt_ns;
	return (rto_ns > RTO_MIN_NS ? rto_ns : RTO_MIN_NS) * ((2ull << transport_of(stream)->retries) - 1);
}

void socket_stream_watch(struct socket_stream *stream, uint64_t now_ns)
{
	uint16_t window = stream->stream.window;
	bool alive = read_facts(stream);
	if (window == 0 && stream->stream.window > 0)
		socket_stream_tell(stream, STREAM_WINDOW);
	if (stream->phase == SOCKET_OPEN)
		check_acked(stream, now_ns);
	if (stream->phase == SOCKET_OPEN && stream->finished && (stream->broken || !alive)) {
		stream_reset(stream); /* after the peer's FIN nothing is read any more that would tell */
		return;
	}
	if (stream->phase == SOCKET_OPEN && stream->outstanding && !stream->unacked_told &&
	    now_ns - stream->progress_ns >= unacked_after_ns(stream)) {
		stream->unacked_told = true;
		socket_stream_tell(stream, STREAM_UNACKED);
	}
	if (stream->phase != SOCKET_OPEN || timer_running(&stream->timer) || (!stream->outstanding && stream->stream.window > 0))
		return;
	stream->watch_ns = 2 * stream->watch_ns < WATCH_MOST_NS ? 2 * stream->watch_ns : WATCH_MOST_NS;
	timer_start(transport_of(stream)->wheel, &stream->timer, now_ns + stream->watch_ns);
}

static void on_allocate(uv_handle_t *handle, size_t wanted, uv_buf_t *out)
{
	(void)wanted;
	struct transport_socket *transport = transport_of(handle->data);
	*out = uv_buf_init((char *)transport->input, sizeof transport->input);
}

static void on_read(uv_stream_t *handle, ssize_t count, const uv_buf_t *buffer)
{
	struct socket_stream *stream = handle->data;
	struct transport_socket *transport = transport_of(stream);
	if (count == 0)
		return;
	if (stream->phase == SOCKET_LINGERING && count < 0)
		socket_stream_release(stream, false);
	if (stream->phase == SOCKET_OPEN && stream->outstanding)
		check_acked(stream, uv_hrtime());
	if (stream->phase != SOCKET_OPEN)
		return;
	if (count > 0) {
		stream->stream.bytes_received += (uint64_t)count;
		transport->told = true;
		transport->handler.data(transport->handler.owner, &stream->stream, (const uint8_t *)buffer->base, (size_t)count);
	} else if (count == UV_EOF && !stream->broken) {
		stream->finished = true;
		socket_stream_tell(stream, STREAM_FINISHED);
	} else {
		stream_reset(stream);
	}
}

void socket_stream_opened(struct socket_stream *stream, bool broken)
{
	struct transport_socket *transport = transport_of(stream);
	stream->phase = SOCKET_OPEN;
	stream->broken = broken;
	stream->stream.opened_ns = uv_hrtime();
	socket_facts_connected(descriptor_of(stream));
	read_facts(stream);
	transport->base.counters->syn_acks += stream->is_probe;
	transport->base.counters->connections++;
	int code = uv_read_start((uv_stream_t *)&stream->tcp, on_allocate, on_read);
	if (stream->is_probe) {
		transport->told = true;
		transport->handler.opened(transport->handler.owner, &stream->stream);
	} else {
		socket_stream_tell(stream, STREAM_OPENED);
	}
	if (stream->phase != SOCKET_OPEN)
		return;
	if (code)
		stream_reset(stream);
	else if (stream->stream.window == 0)
		start_watch(stream, uv_hrtime());
}

static void on_written(uv_write_t *request, int status)
{
	struct socket_stream *stream = request->handle->data;
	if (status < 0)
		stream->broken = true; /* the next read tells the owner */
	free(request->data);
}

/* Hands the rest of a send to libuv, which waits for room in the kernel. */
static int queue_rest(struct socket_stream *stream, const char *bytes, size_t length)
{
	struct pending_write *pending = malloc(sizeof *pending + length);
	if (!pending)
		return ERR_NO_MEMORY;
	memcpy(pending->bytes, bytes, length);
	pending->request.data = pending;
	uv_buf_t buffer = uv_buf_init(pending->bytes, (unsigned)length);
	if (uv_write(&pending->request, (uv_stream_t *)&stream->tcp, &buffer, 1, on_written)) {
		free(pending);
		return ERR_CLOSED;
	}
	return 0;
}

int socket_stream_send(struct socket_stream *stream, const void *bytes, size_t length)
{
	struct stream *facts = &stream->stream;
	uv_stream_t *handle = (uv_stream_t *)&stream->tcp;
	if (stream->phase != SOCKET_OPEN || stream->broken)
		return ERR_CLOSED;
	if (facts->bytes_queued > facts->bytes_acked)
		count_acked(stream);
	if (length > QUEUE_MAX - (facts->bytes_queued - facts->bytes_acked))
		return ERR_FULL;
	if (length == 0)
		return 0;
	uv_buf_t buffer = uv_buf_init((char *)bytes, (unsigned)length);
	int taken = uv_try_write(handle, &buffer, 1);
	if (taken == UV_EAGAIN)
		taken = 0;
	if (taken < 0 || ((size_t)taken < length && queue_rest(stream, (const char *)bytes + taken, length - (size_t)taken))) {
		/* Half of it may have left, so this connection is of no use any more: the next read (or look) says so. */
		stream->broken = true;
		shutdown(descriptor_of(stream), SHUT_RDWR);
		start_watch(stream, uv_hrtime());
		return ERR_CLOSED;
	}
	uint64_t now_ns = uv_hrtime();
	facts->bytes_queued += length;
	if (!stream->outstanding) {
		stream->outstanding = true;
		stream->unacked_told = false;
		stream->progress_ns = now_ns;
	}
	start_watch(stream, now_ns);
	return 0;
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
	struct socket_stream *stream = request->data;
	if (stream->phase == SOCKET_LINGERING && (status < 0 || stream->finished))
		socket_stream_release(stream, false);
}

void socket_stream_close(struct socket_stream *stream, enum close_how how)
{
	struct transport_socket *transport = transport_of(stream);
	stream->stream.user = NULL;
	timer_stop(transport->wheel, &stream->timer);
	bool finish = how == CLOSE_FINISH && stream->phase == SOCKET_OPEN && !stream->broken;
	if (!finish || uv_shutdown(&stream->shutdown, (uv_stream_t *)&stream->tcp, on_shutdown)) {
		socket_stream_release(stream, true);
		return;
	}
	stream->phase = SOCKET_LINGERING;
	timer_start(transport->wheel, &stream->timer, uv_hrtime() + LINGER_NS);
}
