#include "xdp_sender.h"

#include "clock.h"
#include "error.h"

#include <linux/if_ether.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#define RETRY_NS 50000ull /* how long to wait where the interface takes no more frames; */
#define RETRY_MAX_NS 16000000ull /* doubled up to this while it takes none at all, as without a carrier */
#define FINISH_NS 20000000ull /* how long closing waits for the last frames to leave */

struct xdp_sender {
	struct xdp_socket *socket;
	struct counters *counters;
	uint32_t frames, frame_max;
	uint64_t retry_ns, retry_at_ns; /* while the interface takes no frame: how long to wait, and until when; else 0 */
	bool refuses; /* and it drops those it is given */
	bool used; /* before that the rings are not ours: the socket may be on its way to a child, who uses them */
	bool closed; /* the interface is gone */
	uint32_t unfinished; /* what counts as send_unfinished */
};

struct xdp_sender *xdp_sender_create(struct xdp_socket *socket, uint32_t frames, uint32_t frame_max, struct counters *counters)
{
	struct xdp_sender *sender = calloc(1, sizeof *sender);
	if (sender)
		*sender = (struct xdp_sender){ .socket = socket, .frames = frames, .frame_max = frame_max,
					       .counters = counters };
	return sender;
}

void xdp_sender_destroy(struct xdp_sender *sender)
{
	free(sender);
}

static void back_off(struct xdp_sender *sender, bool refused)
{
	uint64_t now_ns = clock_monotonic_ns(), retry_ns = sender->retry_ns;
	if (retry_ns > 0 && now_ns < sender->retry_at_ns)
		return;
	sender->refuses = refused && retry_ns > 0;
	sender->retry_ns = retry_ns == 0 ? RETRY_NS : retry_ns < RETRY_MAX_NS / 2 ? 2 * retry_ns : RETRY_MAX_NS;
	sender->retry_at_ns = now_ns + sender->retry_ns;
}

/* What stays on the send ring is not lost: the next send, receive or wait goes on with it. An interface that drops whatever it
 * is given, one frame for each call, is tried now and then only. */
int xdp_sender_push(struct xdp_sender *sender)
{
	struct xdp_socket *socket = sender->socket;
	uint32_t waiting = sender->used ? xdp_socket_waiting(socket) : 0;
	uint64_t refused = xdp_socket_refused(socket);
	if (waiting == 0)
		return 0;
	if (sender->refuses && clock_monotonic_ns() < sender->retry_at_ns)
		return ERR_AGAIN;
	int error = xdp_socket_push(socket);
	refused = xdp_socket_refused(socket) - refused;
	sender->counters->send_errors += refused;
	if ((error == ERR_AGAIN || refused > 0) && waiting - xdp_socket_waiting(socket) <= refused) {
		back_off(sender, refused > 0);
	} else {
		sender->retry_ns = 0;
		sender->refuses = false;
	}
	sender->closed |= error == ERR_CLOSED;
	return error;
}

/* How many frames from the first on may be sent. */
static size_t sendable(const struct xdp_sender *sender, const struct frame *frames, size_t count)
{
	size_t run = 0;
	while (run < count && frames[run].length >= ETH_HLEN && frames[run].length <= sender->frame_max)
		run++;
	return run;
}

int xdp_sender_send(struct xdp_sender *sender, const struct frame *frames, size_t count)
{
	size_t taken = 0;
	int error = 0;
	sender->used = true;
	while (taken < count && error == 0) {
		size_t run = sendable(sender, frames + taken, count - taken);
		if (run == 0) { /* refused for good: it must not hold up the others */
			sender->counters->send_errors++;
			taken++;
			continue;
		}
		size_t put = xdp_socket_put(sender->socket, frames + taken, run);
		taken += put;
		error = xdp_sender_push(sender);
		if (put < run && error == 0 && (put == 0 || xdp_socket_unfinished(sender->socket) == sender->frames))
			error = ERR_AGAIN;
	}
	sender->counters->send_waits += error == ERR_AGAIN;
	return taken == 0 && error == ERR_CLOSED ? ERR_CLOSED : (int)taken;
}

size_t xdp_sender_reserve(struct xdp_sender *sender, struct frame *frames, size_t count)
{
	sender->used = true;
	return xdp_socket_reserve(sender->socket, frames, count);
}

bool xdp_sender_is_closed(const struct xdp_sender *sender)
{
	return sender->closed;
}

uint64_t xdp_sender_retry_ns(const struct xdp_sender *sender)
{
	return sender->retry_ns > 0 ? sender->retry_ns : RETRY_NS;
}

/* In place of those of the last time. What the kernel copied leaves without us. */
void xdp_sender_count(struct xdp_sender *sender)
{
	struct xdp_socket *socket = sender->socket;
	if (!sender->used)
		return;
	uint32_t unfinished = xdp_socket_zero_copy(socket) ? xdp_socket_unfinished(socket) : xdp_socket_waiting(socket);
	sender->counters->send_unfinished += unfinished;
	sender->counters->send_unfinished -= sender->unfinished;
	sender->unfinished = unfinished;
}

void xdp_sender_finish(struct xdp_sender *sender)
{
	uint64_t end_ns = clock_monotonic_ns() + FINISH_NS;
	struct timespec pause = { 0, (long)RETRY_NS };
	if (!sender->used)
		return;
	while (!sender->closed && xdp_socket_unfinished(sender->socket) > 0 && clock_monotonic_ns() < end_ns) {
		xdp_sender_push(sender);
		ppoll(NULL, 0, &pause, NULL);
	}
	xdp_sender_count(sender);
}
