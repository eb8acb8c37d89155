#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loopback.h"

#include <dirent.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct seen *note(struct recorder *recorder, enum seen_kind kind, int detail, struct stream *stream)
{
	struct seen *seen = &recorder->seen[recorder->count < 511 ? recorder->count++ : 511];
	*seen = (struct seen){ .kind = kind, .detail = detail, .stream = stream };
	if (stream) {
		seen->remote = stream->remote;
		seen->acked = stream->bytes_acked;
	}
	recorder->reentered |= recorder->inside++ > 0;
	return seen;
}

static void end(struct stream *stream)
{
	stream->transport->ops->close(stream, CLOSE_RESET);
}

static void on_opened(void *owner, struct stream *stream)
{
	struct recorder *recorder = owner;
	note(recorder, SEEN_OPENED, 0, stream);
	stream->user = recorder;
	if (recorder->connect_when_opened)
		stream->transport->ops->connect(stream->transport, &stream->remote, recorder, &recorder->again);
	if (recorder->say)
		stream->transport->ops->send(stream, recorder->say, strlen(recorder->say));
	if (recorder->close_when_opened)
		end(stream);
	recorder->inside--;
}

static void on_refused(void *owner, const struct endpoint *remote, enum refusal refusal, uint8_t type, uint8_t code, uint64_t rtt_ns)
{
	struct recorder *recorder = owner;
	(void)rtt_ns;
	struct seen *seen = note(recorder, SEEN_REFUSED, (int)refusal, NULL);
	seen->remote = *remote;
	seen->icmp_type = type;
	seen->icmp_code = code;
	recorder->inside--;
}

static void on_data(void *owner, struct stream *stream, const uint8_t *bytes, size_t length)
{
	struct recorder *recorder = owner;
	note(recorder, SEEN_DATA, (int)length, stream);
	size_t room = sizeof recorder->data - recorder->data_length;
	memcpy(recorder->data + recorder->data_length, bytes, length < room ? length : room);
	recorder->data_length += length < room ? length : room;
	if (recorder->close_at_data)
		end(stream);
	recorder->inside--;
}

static void on_event(void *owner, struct stream *stream, enum stream_event event)
{
	struct recorder *recorder = owner;
	note(recorder, SEEN_EVENT, (int)event, stream);
	if (recorder->close_at_event)
		end(stream);
	recorder->inside--;
}

void recorder_handle(struct recorder *recorder, struct transport_handler *out)
{
	*out = (struct transport_handler){ .owner = recorder, .opened = on_opened, .refused = on_refused,
					   .data = on_data, .event = on_event };
}

bool recorder_permits_nothing(const void *owner, const struct address *remote)
{
	(void)owner, (void)remote;
	return false;
}

int server_listen(const char *address, int backlog)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	bool is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;
	if (!is_v4 && inet_pton(AF_INET6, address, &v6.sin6_addr) != 1)
		return -1;
	int descriptor = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const struct sockaddr *name = is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
	if (bind(descriptor, name, is_v4 ? sizeof v4 : sizeof v6) || (backlog >= 0 && listen(descriptor, backlog))) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

int server_port(int descriptor)
{
	struct sockaddr_in6 name; /* the port is at the same place in both families */
	socklen_t length = sizeof name;
	return getsockname(descriptor, (struct sockaddr *)&name, &length) ? -1 : ntohs(name.sin6_port);
}

int server_accept(int descriptor)
{
	struct pollfd ready = { .fd = descriptor, .events = POLLIN };
	return poll(&ready, 1, 5000) == 1 ? accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
}

void server_small_window(int descriptor)
{
	int size = 2048;
	setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

int server_deafen(int descriptor)
{
	struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog program = { .len = 1, .filter = nothing };
	return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int server_reset(int descriptor)
{
	struct linger at_once = { 1, 0 };
	setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	return close(descriptor);
}

long server_read(int descriptor, char *out, size_t size)
{
	return recv(descriptor, out, size, MSG_DONTWAIT);
}

long server_write(int descriptor, const char *bytes, size_t length)
{
	return send(descriptor, bytes, length, MSG_NOSIGNAL);
}

int server_finish(int descriptor)
{
	return shutdown(descriptor, SHUT_WR);
}

int server_close(int descriptor)
{
	return close(descriptor);
}

void ignore_sigpipe(void)
{
	signal(SIGPIPE, SIG_IGN);
}

int descriptors_spare(unsigned spare)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	int next = dup(0); /* the lowest free descriptor */
	close(next);
	limit.rlim_cur = spare ? (rlim_t)next + spare : limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit);
}
