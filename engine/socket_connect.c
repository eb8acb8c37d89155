/* The beginning of a socket_stream: connect, its failures, and letting go of the socket. */
#include "socket_facts.h"
#include "socket_stream.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define TRIES_MAX 12u /* for lack of descriptors or ports, about 4 s in all */
#define SCARCE_FIRST_NS 20000000ull
#define SCARCE_MOST_NS 500000000ull
#define SYN_BYTES_V4 74u /* Ethernet, IPv4, TCP with its options, as the kernel sends it */
#define SYN_BYTES_V6 94u

union socket_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

static struct transport_socket *transport_of(const struct socket_stream *stream)
{
	return (struct transport_socket *)stream->stream.transport;
}

static void socket_address_from(union socket_address *out, const struct address *address, uint16_t port)
{
	memset(out, 0, sizeof *out);
	if (address->family == ADDRESS_V4) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		memcpy(&out->v4.sin_addr, address->bytes, 4);
	} else {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(port);
		memcpy(&out->v6.sin6_addr, address->bytes, 16);
	}
}

static void endpoint_from(struct endpoint *out, const union socket_address *address)
{
	*out = (struct endpoint){ .zero = 0 };
	if (address->any.sa_family == AF_INET) {
		out->address.family = ADDRESS_V4;
		out->port = ntohs(address->v4.sin_port);
		memcpy(out->address.bytes, &address->v4.sin_addr, 4);
	} else {
		out->address.family = ADDRESS_V6;
		out->port = ntohs(address->v6.sin6_port);
		memcpy(out->address.bytes, &address->v6.sin6_addr, 16);
	}
}

void socket_stream_tell(struct socket_stream *stream, enum stream_event event)
{
	struct transport_socket *transport = transport_of(stream);
	transport->told = true;
	transport->handler.event(transport->handler.owner, &stream->stream, event);
}

static void on_closed(uv_handle_t *handle)
{
	struct socket_stream *stream = handle->data;
	stream->live = false;
	if (stream->phase == SOCKET_RELEASED)
		free(stream);
}

void socket_stream_drop(struct socket_stream *stream, bool reset)
{
	uv_handle_t *handle = (uv_handle_t *)&stream->tcp;
	uv_os_fd_t descriptor;
	if (!stream->live || uv_is_closing(handle))
		return;
	if (reset && uv_fileno(handle, &descriptor) == 0) {
		struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
		setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	}
	uv_close(handle, on_closed);
	transport_of(stream)->descriptors--;
}

void socket_stream_release(struct socket_stream *stream, bool reset)
{
	struct transport_socket *transport = transport_of(stream);
	stream->phase = SOCKET_RELEASED;
	timer_stop(transport->wheel, &stream->timer);
	*(stream->previous ? &stream->previous->next : &transport->list) = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	transport->streams--;
	socket_stream_drop(stream, reset);
	if (!stream->live) {
		stream->next = transport->released;
		transport->released = stream;
	}
}

/* Tells the owner that the connect came to nothing, once and for all. */
static void stream_failed(struct socket_stream *stream, enum refusal refusal, uint64_t now_ns)
{
	struct transport_socket *transport = transport_of(stream);
	struct counters *counters = transport->base.counters;
	timer_stop(transport->wheel, &stream->timer);
	stream->stream.refusal = refusal;
	if (!stream->is_probe) {
		counters->connect_failures++;
		stream->phase = SOCKET_DEAD;
		socket_stream_drop(stream, true);
		socket_stream_tell(stream, STREAM_FAILED);
		return;
	}
	struct endpoint remote = stream->stream.remote;
	uint8_t icmp_type = stream->stream.icmp_type, icmp_code = stream->stream.icmp_code;
	bool answered = refusal == REFUSAL_REFUSED || refusal == REFUSAL_UNREACHABLE;
	uint64_t rtt_ns = answered ? now_ns - stream->started_ns : 0;
	counters->refused += refusal == REFUSAL_REFUSED;
	counters->unreachable += refusal == REFUSAL_UNREACHABLE;
	counters->filtered += refusal == REFUSAL_FILTERED;
	counters->send_errors += refusal == REFUSAL_LOCAL;
	socket_stream_release(stream, true);
	if (refusal == REFUSAL_FILTERED && !transport->track_probes)
		return;
	transport->told = true;
	transport->handler.refused(transport->handler.owner, &remote, refusal, icmp_type, icmp_code, rtt_ns);
}

/* What an error means that came back over the network, or after waiting for it. An ICMP "port unreachable" looks like a
 * RST (RFC 1122 section 4.2.3.9) until asked for. */
static enum refusal refusal_of(struct socket_stream *stream, int code)
{
	uv_os_fd_t descriptor;
	uint8_t type, detail;
	if (uv_fileno((uv_handle_t *)&stream->tcp, &descriptor) == 0 && socket_facts_icmp(descriptor, &type, &detail)) {
		stream->stream.icmp_type = type;
		stream->stream.icmp_code = detail;
		return REFUSAL_UNREACHABLE;
	}
	switch (code) {
	case UV_ECONNREFUSED:
		return REFUSAL_REFUSED;
	case UV_ETIMEDOUT:
		return REFUSAL_FILTERED;
	case UV_ENETUNREACH:
	case UV_EHOSTUNREACH:
		return REFUSAL_UNREACHABLE;
	default:
		return REFUSAL_LOCAL;
	}
}

static void on_connect(uv_connect_t *request, int status)
{
	struct socket_stream *stream = request->data;
	if (stream->phase != SOCKET_CONNECTING)
		return;
	/* A RST that overtakes us comes after the SYN-ACK all the same, and what the server said before is still there. */
	bool broken = status == UV_ECONNRESET || status == UV_EPIPE;
	/* A connect to one of our own ephemeral ports can meet itself (RFC 9293 section 3.5, figure 7): only where nobody
	 * listens, since the kernel gives no port away that is listened on. */
	if (endpoint_equal(&stream->stream.local, &stream->stream.remote)) {
		stream_failed(stream, REFUSAL_REFUSED, uv_hrtime());
	} else if (status == 0 || broken) {
		timer_stop(transport_of(stream)->wheel, &stream->timer);
		socket_stream_opened(stream, broken);
	} else {
		stream_failed(stream, refusal_of(stream, status), uv_hrtime());
	}
}

/* One try: 0 when under way, else libuv's error, and the stream may hold a socket to be dropped. */
static int stream_connect(struct transport_socket *transport, struct socket_stream *stream)
{
	const struct endpoint *remote = &stream->stream.remote;
	bool v4 = remote->address.family == ADDRESS_V4;
	const struct address *source = v4 ? &transport->source_v4 : &transport->source_v6;
	union socket_address name;
	int length = sizeof name;
	uv_os_fd_t descriptor;
	if (transport->descriptors >= transport->streams_max)
		return UV_EMFILE;
	int code = uv_tcp_init_ex(&transport->loop, &stream->tcp, v4 ? AF_INET : AF_INET6);
	if (code)
		return code;
	stream->live = true;
	transport->descriptors++;
	stream->tcp.data = stream->connect.data = stream->shutdown.data = stream;
	uv_tcp_nodelay(&stream->tcp, 1);
	if (uv_fileno((uv_handle_t *)&stream->tcp, &descriptor) == 0)
		socket_facts_prepare(descriptor, transport->syn_count);
	if (source->family != ADDRESS_NONE) {
		socket_address_from(&name, source, 0);
		code = uv_tcp_bind(&stream->tcp, &name.any, 0);
		if (code)
			return code;
	}
	socket_address_from(&name, &remote->address, remote->port);
	code = uv_tcp_connect(&stream->connect, &stream->tcp, &name.any, on_connect);
	if (code == 0 && uv_tcp_getsockname(&stream->tcp, &name.any, &length) == 0)
		endpoint_from(&stream->stream.local, &name);
	return code;
}

static bool is_scarcity(int code)
{
	return code == UV_EMFILE || code == UV_ENFILE || code == UV_ENOBUFS || code == UV_ENOMEM || code == UV_EADDRNOTAVAIL ||
	       code == UV_EADDRINUSE || code == UV_EAGAIN;
}

/* Tries, and starts the timer for whatever comes next. */
static void stream_try(struct socket_stream *stream, uint64_t now_ns)
{
	struct transport_socket *transport = transport_of(stream);
	int code = stream_connect(transport, stream);
	if (code == 0) {
		pace_take(&transport->pace, 1, stream->stream.remote.address.family == ADDRESS_V4 ? SYN_BYTES_V4 : SYN_BYTES_V6);
		stream->phase = SOCKET_CONNECTING;
		stream->started_ns = now_ns;
		timer_start(transport->wheel, &stream->timer, now_ns + transport->patience_ns);
		return;
	}
	socket_stream_drop(stream, false);
	if (is_scarcity(code) && stream->tries < TRIES_MAX) {
		uint64_t delay_ns = SCARCE_FIRST_NS << stream->tries++;
		stream->phase = SOCKET_WAITING;
		transport->pause_ns = now_ns + SCARCE_FIRST_NS;
		timer_start(transport->wheel, &stream->timer, now_ns + (delay_ns < SCARCE_MOST_NS ? delay_ns : SCARCE_MOST_NS));
		return;
	}
	stream->phase = SOCKET_FAILING;
	stream->stream.refusal = REFUSAL_LOCAL;
	timer_start(transport->wheel, &stream->timer, now_ns);
}

static void on_timer(struct timer *timer, uint64_t now_ns)
{
	struct socket_stream *stream = (struct socket_stream *)((char *)timer - offsetof(struct socket_stream, timer));
	switch (stream->phase) {
	case SOCKET_WAITING:
		if (stream->live) /* libuv has not let go of the last try's socket yet */
			timer_start(transport_of(stream)->wheel, timer, now_ns + SCARCE_FIRST_NS);
		else
			stream_try(stream, now_ns);
		break;
	case SOCKET_CONNECTING:
		stream_failed(stream, REFUSAL_FILTERED, now_ns);
		break;
	case SOCKET_FAILING:
		stream_failed(stream, stream->stream.refusal, now_ns);
		break;
	case SOCKET_OPEN:
		socket_stream_watch(stream, now_ns);
		break;
	case SOCKET_LINGERING:
		socket_stream_release(stream, true);
		break;
	case SOCKET_DEAD:
	case SOCKET_RELEASED:
		break;
	}
}

int socket_stream_start(struct transport_socket *transport, const struct endpoint *remote, bool is_probe, void *user,
			struct socket_stream **out)
{
	if (remote->address.family != ADDRESS_V4 && remote->address.family != ADDRESS_V6)
		return ERR_INVALID;
	if (transport->permit && !transport->permit(transport->permit_owner, &remote->address)) {
		transport->base.counters->sends_blocked++;
		return ERR_BLOCKED;
	}
	struct socket_stream *stream = calloc(1, sizeof *stream);
	if (!stream)
		return ERR_NO_MEMORY;
	stream->stream.transport = &transport->base;
	stream->stream.user = user;
	stream->stream.remote = *remote;
	stream->is_probe = is_probe;
	stream->timer.fire = on_timer;
	stream->next = transport->list;
	if (stream->next)
		stream->next->previous = stream;
	transport->list = stream;
	transport->streams++;
	stream_try(stream, uv_hrtime());
	*out = stream;
	return 0;
}
