/* Memory: receive_frames pieces that wander between fill ring, kernel, receive ring and us, then send_frames pieces that
 * wander between a stack of free ones, send ring and completion ring. Each ring has room for all that can be on it. */
#include "xdp_socket.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Newer than the headers of Debian 12 (linux/if_xdp.h of Linux 6.6 and 6.17). */
#define XDP_BIND_USE_SG (1 << 4)
#define XDP_DESCRIPTOR_CONTINUED (1 << 0)
#define XDP_OPTION_SEND_BUDGET 9

#define SEND_BUFFER_BYTES (16 << 20)
#define SEND_BUDGET 512 /* frames the kernel copies in one call; 32 where it cannot be told */
/* The kernel takes a socket off its queue only some time after it was closed. */
#define BUSY_TRIES 20
#define BUSY_PAUSE_NS 10000000
#define PUSHES_MAX 256 /* calls in a row, each of which got on */
#define WAITING_MAX 128u

struct xdp_ring {
	uint32_t *producer, *consumer, *flags;
	void *entries;
	uint32_t mask;
	uint32_t ours; /* the index that is ours to move: producer of fill and send, consumer of the others */
	void *memory;
	size_t memory_bytes;
};

struct xdp_socket {
	struct xdp_socket_config config;
	int handle;
	uint8_t *memory;
	size_t memory_bytes;
	struct xdp_ring fill, receive, send, completion;
	uint32_t held; /* entries of the receive ring that our caller reads */
	uint64_t refused;
	uint32_t free_count;
	uint64_t free[]; /* pieces of memory to send from; the last one freed is the first used, for it is in the cache */
};

static uint32_t ring_load(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void ring_publish(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

static uint64_t *ring_address(const struct xdp_ring *ring, uint32_t index)
{
	return (uint64_t *)ring->entries + (index & ring->mask);
}

static struct xdp_desc *ring_descriptor(const struct xdp_ring *ring, uint32_t index)
{
	return (struct xdp_desc *)ring->entries + (index & ring->mask);
}

/* --- receiving ---------------------------------------------------------------------------------------------------------------- */

/* The kernel is done with the entries, so they may be read again here to see which memory they were. */
void xdp_socket_release(struct xdp_socket *socket)
{
	struct xdp_ring *fill = &socket->fill, *receive = &socket->receive;
	uint64_t piece = ~(uint64_t)(socket->config.frame_bytes - 1);
	if (socket->held == 0)
		return;
	for (uint32_t i = 0; i < socket->held; i++)
		*ring_address(fill, fill->ours++) = ring_descriptor(receive, receive->ours++)->addr & piece;
	ring_publish(receive->consumer, receive->ours);
	ring_publish(fill->producer, fill->ours);
	socket->held = 0;
	/* A driver that found the fill ring empty sleeps until it is told. */
	if (*fill->flags & XDP_RING_NEED_WAKEUP)
		recvfrom(socket->handle, NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

/* How many entries the frame at `index` takes; 0 when its end is not there yet. */
static uint32_t frame_pieces(const struct xdp_socket *socket, uint32_t index, uint32_t ready)
{
	for (uint32_t i = 0; i < ready; i++) {
		if (!(ring_descriptor(&socket->receive, index + i)->options & XDP_DESCRIPTOR_CONTINUED))
			return i + 1;
	}
	return 0;
}

static void frame_join(const struct xdp_socket *socket, uint32_t index, uint32_t pieces, struct frame *out,
		       struct xdp_arena *arena)
{
	out->data = arena->bytes + arena->used;
	out->length = 0;
	for (uint32_t i = 0; i < pieces; i++) {
		const struct xdp_desc *piece = ring_descriptor(&socket->receive, index + i);
		uint32_t room = XDP_FRAME_MAX - out->length, length = piece->len < room ? piece->len : room;
		memcpy(out->data + out->length, socket->memory + piece->addr, length);
		out->length += length;
		if (length < piece->len)
			out->flags |= FRAME_TRUNCATED;
	}
	arena->used += out->length;
}

size_t xdp_socket_receive(struct xdp_socket *socket, struct frame *frames, size_t count, uint64_t now_ns,
			  struct xdp_arena *arena)
{
	uint32_t index = socket->receive.ours + socket->held, ready = ring_load(socket->receive.producer) - index;
	size_t taken = 0;
	while (taken < count && ready > 0) {
		struct frame *frame = &frames[taken];
		uint32_t pieces = frame_pieces(socket, index, ready);
		if (pieces == 0 || (pieces > 1 && arena->size - arena->used < XDP_FRAME_MAX))
			break;
		frame->flags = FRAME_CHECKSUM_UNKNOWN;
		frame->time_ns = now_ns;
		if (pieces == 1) {
			const struct xdp_desc *whole = ring_descriptor(&socket->receive, index);
			frame->data = socket->memory + whole->addr;
			frame->length = whole->len;
		} else {
			frame_join(socket, index, pieces, frame, arena);
		}
		index += pieces;
		ready -= pieces;
		socket->held += pieces;
		taken++;
	}
	return taken;
}

/* --- sending ------------------------------------------------------------------------------------------------------------------ */

static void take_completed(struct xdp_socket *socket)
{
	struct xdp_ring *completion = &socket->completion;
	uint32_t producer = ring_load(completion->producer);
	while (completion->ours != producer)
		socket->free[socket->free_count++] = *ring_address(completion, completion->ours++);
	ring_publish(completion->consumer, completion->ours);
}

/* How many of `count` frames there is memory for. In copy mode, what the interface has no room for leaves at once when it has,
 * whatever the pace: no more than WAITING_MAX and a batch wait for it. */
static size_t send_room(struct xdp_socket *socket, size_t count)
{
	if (!socket->config.zero_copy && xdp_socket_waiting(socket) > WAITING_MAX)
		return 0;
	if (socket->free_count < count)
		take_completed(socket);
	return count < socket->free_count ? count : socket->free_count;
}

size_t xdp_socket_reserve(struct xdp_socket *socket, struct frame *frames, size_t count)
{
	count = send_room(socket, count);
	for (size_t i = 0; i < count; i++)
		frames[i].data = socket->memory + socket->free[socket->free_count - 1 - i];
	return count;
}

size_t xdp_socket_put(struct xdp_socket *socket, const struct frame *frames, size_t count)
{
	struct xdp_ring *send = &socket->send;
	count = send_room(socket, count);
	for (size_t i = 0; i < count; i++) {
		uint64_t address = socket->free[--socket->free_count];
		if (frames[i].data != socket->memory + address)
			memcpy(socket->memory + address, frames[i].data, frames[i].length);
		*ring_descriptor(send, send->ours++) = (struct xdp_desc){ .addr = address, .len = frames[i].length };
	}
	ring_publish(send->producer, send->ours);
	return count;
}

uint32_t xdp_socket_waiting(const struct xdp_socket *socket)
{
	return socket->send.ours - ring_load(socket->send.consumer);
}

uint32_t xdp_socket_unfinished(struct xdp_socket *socket)
{
	take_completed(socket);
	return socket->config.send_frames - socket->free_count;
}

/* In copy mode the kernel takes only so many frames in one call and says EAGAIN; also when the socket's send buffer or the
 * interface is full, and then it does not get on. EBUSY (xsk_generic_xmit): a frame was taken, and dropped by the interface. */
int xdp_socket_push(struct xdp_socket *socket)
{
	uint32_t waiting = xdp_socket_waiting(socket);
	for (int i = 0; i < PUSHES_MAX && waiting > 0 && *socket->send.flags & XDP_RING_NEED_WAKEUP; i++) {
		int sent = (int)sendto(socket->handle, NULL, 0, MSG_DONTWAIT, NULL, 0);
		if (sent < 0 && (errno == ENETDOWN || errno == ENXIO || errno == ENODEV))
			return ERR_CLOSED;
		bool refused = sent < 0 && errno == EBUSY;
		uint32_t before = waiting;
		waiting = xdp_socket_waiting(socket);
		socket->refused += refused;
		if (waiting == before || refused)
			break;
		if (waiting > 0)
			take_completed(socket);
	}
	return waiting > 0 && *socket->send.flags & XDP_RING_NEED_WAKEUP ? ERR_AGAIN : 0;
}

uint64_t xdp_socket_refused(const struct xdp_socket *socket)
{
	return socket->refused;
}

uint64_t xdp_socket_dropped(const struct xdp_socket *socket)
{
	struct xdp_statistics statistics = { 0 };
	socklen_t length = sizeof statistics;
	if (getsockopt(socket->handle, SOL_XDP, XDP_STATISTICS, &statistics, &length) < 0)
		return 0;
	/* A frame that found the fill ring empty is counted there and, in copy mode, among the dropped ones as well. */
	return statistics.rx_dropped + statistics.rx_ring_full +
	       (socket->config.zero_copy ? statistics.rx_fill_ring_empty_descs : 0);
}

/* --- making one --------------------------------------------------------------------------------------------------------------- */

bool xdp_multi_buffer_supported(void)
{
	/* Unknown flags are refused before the interface, which there is not, is looked for. */
	struct sockaddr_xdp nowhere = { .sxdp_family = AF_XDP, .sxdp_flags = XDP_COPY | XDP_BIND_USE_SG };
	int handle = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	bool known = handle >= 0 && bind(handle, (struct sockaddr *)&nowhere, sizeof nowhere) < 0 && errno != EINVAL;
	if (handle >= 0)
		close(handle);
	return known;
}

static int map_ring(struct xdp_socket *socket, struct xdp_ring *ring, const struct xdp_ring_offset *offset, uint64_t page,
		    uint32_t entries, size_t entry_bytes)
{
	ring->memory_bytes = offset->desc + entries * entry_bytes;
	void *memory = mmap(NULL, ring->memory_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, socket->handle,
			    (off_t)page);
	if (memory == MAP_FAILED)
		return ERR_SYSTEM;
	ring->memory = memory;
	ring->producer = (uint32_t *)((uint8_t *)memory + offset->producer);
	ring->consumer = (uint32_t *)((uint8_t *)memory + offset->consumer);
	ring->flags = (uint32_t *)((uint8_t *)memory + offset->flags);
	ring->entries = (uint8_t *)memory + offset->desc;
	ring->mask = entries - 1;
	return 0;
}

static int make_rings(struct xdp_socket *socket, struct error *why)
{
	const struct xdp_socket_config *config = &socket->config;
	struct { int option; uint32_t entries; } rings[] = {
		{ XDP_UMEM_FILL_RING, config->receive_frames }, { XDP_RX_RING, config->receive_frames },
		{ XDP_UMEM_COMPLETION_RING, config->send_frames }, { XDP_TX_RING, config->send_frames },
	};
	for (int i = 0; i < 4; i++) {
		if (setsockopt(socket->handle, SOL_XDP, rings[i].option, &rings[i].entries, sizeof rings[i].entries) < 0)
			return error_errno(why, "cannot make an AF_XDP ring of %u frames", rings[i].entries);
	}
	struct xdp_mmap_offsets offsets;
	socklen_t length = sizeof offsets;
	if (getsockopt(socket->handle, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) < 0 || length != sizeof offsets)
		return error_set(why, ERR_UNSUPPORTED, "this kernel's AF_XDP is too old (Linux 5.4 or later is needed)");
	if (map_ring(socket, &socket->fill, &offsets.fr, XDP_UMEM_PGOFF_FILL_RING, config->receive_frames, sizeof(uint64_t)) ||
	    map_ring(socket, &socket->receive, &offsets.rx, XDP_PGOFF_RX_RING, config->receive_frames,
		     sizeof(struct xdp_desc)) ||
	    map_ring(socket, &socket->completion, &offsets.cr, XDP_UMEM_PGOFF_COMPLETION_RING, config->send_frames,
		     sizeof(uint64_t)) ||
	    map_ring(socket, &socket->send, &offsets.tx, XDP_PGOFF_TX_RING, config->send_frames, sizeof(struct xdp_desc)))
		return error_errno(why, "cannot map the AF_XDP rings");
	return 0;
}

static int make_memory(struct xdp_socket *socket, struct error *why)
{
	const struct xdp_socket_config *config = &socket->config;
	socket->memory_bytes = ((size_t)config->receive_frames + config->send_frames) * config->frame_bytes;
	/* A child forked with shared memory has the pages that the kernel knows, not copies of them. But they are small ones, and
	 * take longer to get. */
	int how = (config->inherited ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS;
	void *memory = mmap(NULL, socket->memory_bytes, PROT_READ | PROT_WRITE, how, -1, 0);
	if (memory == MAP_FAILED)
		return error_errno(why, "cannot get %zu bytes of frame memory", socket->memory_bytes);
	socket->memory = memory;
	madvise(memory, socket->memory_bytes, MADV_HUGEPAGE); /* fewer TLB misses; a wish, not a need */
	struct xdp_umem_reg registration = {
		.addr = (uint64_t)(uintptr_t)memory, .len = socket->memory_bytes, .chunk_size = config->frame_bytes,
	};
	if (setsockopt(socket->handle, SOL_XDP, XDP_UMEM_REG, &registration, sizeof registration) == 0)
		return 0;
	if (errno == ENOBUFS)
		return error_set(why, ERR_PERMISSION, "cannot lock %zu bytes of frame memory: raise the limit (ulimit -l)",
				 socket->memory_bytes);
	return error_errno(why, "cannot share frame memory with the kernel");
}

static int bind_to(const struct xdp_socket *socket, int flags)
{
	struct sockaddr_xdp address = {
		.sxdp_family = AF_XDP,
		.sxdp_ifindex = (uint32_t)socket->config.interface->index,
		.sxdp_queue_id = socket->config.queue,
		.sxdp_flags = (uint16_t)(XDP_USE_NEED_WAKEUP | flags),
	};
	int failed = bind(socket->handle, (struct sockaddr *)&address, sizeof address);
	for (int i = 0; failed && errno == EBUSY && i < BUSY_TRIES; i++) {
		nanosleep(&(struct timespec){ 0, BUSY_PAUSE_NS }, NULL);
		failed = bind(socket->handle, (struct sockaddr *)&address, sizeof address);
	}
	return failed;
}

static int bind_queue(struct xdp_socket *socket, struct error *why)
{
	struct xdp_socket_config *config = &socket->config;
	if (config->zero_copy && bind_to(socket, XDP_ZEROCOPY) == 0)
		return 0;
	config->zero_copy = false;
	if (bind_to(socket, XDP_COPY | (config->multi_buffer ? XDP_BIND_USE_SG : 0)) == 0)
		return 0;
	if (errno == EOPNOTSUPP || errno == EINVAL)
		return error_set(why, ERR_UNSUPPORTED, "%s has no AF_XDP", config->interface->name);
	if (errno == EBUSY)
		return error_set(why, ERR_SYSTEM, "another AF_XDP socket is on receive queue %u of %s", config->queue,
				 config->interface->name);
	return error_errno(why, "cannot bind an AF_XDP socket to receive queue %u of %s", config->queue, config->interface->name);
}

/* The fill ring starts full; what is left is free to send from. */
static void share_out(struct xdp_socket *socket)
{
	const struct xdp_socket_config *config = &socket->config;
	for (uint32_t i = 0; i < config->receive_frames; i++)
		*ring_address(&socket->fill, socket->fill.ours++) = (uint64_t)i * config->frame_bytes;
	ring_publish(socket->fill.producer, socket->fill.ours);
	for (uint32_t i = config->send_frames; i-- > 0;)
		socket->free[socket->free_count++] = ((uint64_t)config->receive_frames + i) * config->frame_bytes;
}

static int socket_start(struct xdp_socket *socket, struct error *why)
{
	int buffer = SEND_BUFFER_BYTES, budget = SEND_BUDGET;
	int error = make_memory(socket, why);
	if (!error)
		error = make_rings(socket, why);
	if (error)
		return error;
	share_out(socket);
	error = bind_queue(socket, why);
	if (error)
		return error;
	/* Room for a full send ring in the kernel; without it, or without the budget, sending takes more calls. */
	if (setsockopt(socket->handle, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer) < 0)
		setsockopt(socket->handle, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	setsockopt(socket->handle, SOL_XDP, XDP_OPTION_SEND_BUDGET, &budget, sizeof budget);
	return 0;
}

int xdp_socket_create(struct xdp_socket **out, const struct xdp_socket_config *config, struct error *why)
{
	struct xdp_socket *made = calloc(1, sizeof *made + config->send_frames * sizeof *made->free);
	if (!made)
		return error_set(why, ERR_NO_MEMORY, "out of memory for an AF_XDP socket");
	made->config = *config;
	made->handle = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	int error = 0;
	if (made->handle < 0 && errno == EAFNOSUPPORT)
		error = error_set(why, ERR_UNSUPPORTED, "this kernel has no AF_XDP");
	else if (made->handle < 0)
		error = error_errno(why, "cannot open an AF_XDP socket");
	else
		error = socket_start(made, why);
	if (error) {
		xdp_socket_destroy(made);
		return error;
	}
	*out = made;
	return 0;
}

void xdp_socket_destroy(struct xdp_socket *socket)
{
	if (!socket)
		return;
	struct xdp_ring *rings[] = { &socket->fill, &socket->receive, &socket->completion, &socket->send };
	for (int i = 0; i < 4; i++) {
		if (rings[i]->memory)
			munmap(rings[i]->memory, rings[i]->memory_bytes);
	}
	if (socket->handle >= 0)
		close(socket->handle);
	if (socket->memory)
		munmap(socket->memory, socket->memory_bytes);
	free(socket);
}

int xdp_socket_handle(const struct xdp_socket *socket)
{
	return socket->handle;
}

bool xdp_socket_zero_copy(const struct xdp_socket *socket)
{
	return socket->config.zero_copy;
}
