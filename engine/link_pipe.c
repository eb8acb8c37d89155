/* Two rings of slots, one per direction; slots handed up by receive are given back at the next receive. */
#include "link_pipe.h"

#include <stdlib.h>
#include <string.h>

struct slot {
	uint8_t data[FRAME_MAX];
	uint32_t length, flags;
	uint64_t time_ns;
};

struct pipe;

struct pipe_end {
	struct link link; /* first */
	struct pipe *pipe;
	struct pipe_end *peer;
	bool open;
	struct slot *slots; /* frames on their way to this end */
	uint64_t sent, received, released; /* counts of frames; the slot is the count modulo LINK_PIPE_SLOTS */
};

struct pipe {
	struct pipe_end ends[2];
	uint64_t now_ns;
};

static struct pipe_end *end_of(const struct link *link)
{
	return (struct pipe_end *)link;
}

static void pipe_free(struct pipe *pipe)
{
	free(pipe->ends[0].slots);
	free(pipe->ends[1].slots);
	free(pipe);
}

static void slot_fill(struct slot *slot, const struct frame *frame, uint64_t now_ns)
{
	bool cut = frame->length > FRAME_MAX;
	slot->length = cut ? FRAME_MAX : frame->length;
	slot->flags = frame->flags | (cut ? FRAME_TRUNCATED : 0);
	slot->time_ns = now_ns;
	if (slot->length > 0 && frame->data != slot->data)
		memcpy(slot->data, frame->data, slot->length);
}

static int pipe_send(struct link *link, const struct frame *frames, size_t count)
{
	struct pipe_end *to = end_of(link)->peer;
	if (!to->open)
		return (int)count;
	size_t taken = 0;
	for (; taken < count && to->sent - to->released < LINK_PIPE_SLOTS; taken++, to->sent++)
		slot_fill(&to->slots[to->sent % LINK_PIPE_SLOTS], &frames[taken], to->pipe->now_ns);
	return (int)taken;
}

static size_t pipe_reserve(struct link *link, struct frame *frames, size_t count)
{
	struct pipe_end *to = end_of(link)->peer;
	size_t room = to->open ? (size_t)(LINK_PIPE_SLOTS - (to->sent - to->released)) : 0, taken = 0;
	for (; taken < count && taken < room; taken++)
		frames[taken].data = to->slots[(to->sent + taken) % LINK_PIPE_SLOTS].data;
	return taken;
}

/* What the other end has not received. */
static uint32_t pipe_in_flight(struct link *link)
{
	const struct pipe_end *to = end_of(link)->peer;
	return to->open ? (uint32_t)(to->sent - to->received) : 0;
}

static int pipe_receive(struct link *link, struct frame *frames, size_t count)
{
	struct pipe_end *end = end_of(link);
	end->released = end->received;
	size_t taken = 0;
	for (; taken < count && end->received < end->sent; taken++, end->received++) {
		struct slot *slot = &end->slots[end->received % LINK_PIPE_SLOTS];
		frames[taken] = (struct frame){ slot->data, slot->length, slot->flags, slot->time_ns };
	}
	return taken == 0 && count > 0 && !end->peer->open ? ERR_CLOSED : (int)taken;
}

static int pipe_wait(struct link *link, uint64_t until_ns)
{
	(void)link;
	(void)until_ns;
	return 0;
}

static uint64_t pipe_now(const struct link *link)
{
	return end_of(link)->pipe->now_ns;
}

static void pipe_close(struct link *link)
{
	struct pipe_end *end = end_of(link);
	end->open = false;
	if (!end->peer->open)
		pipe_free(end->pipe);
}

/* No open: an end is of no use without the other, so link_pipe_create makes both. */
static const struct link_ops pipe_ops = {
	.name = "pipe",
	.send = pipe_send,
	.reserve = pipe_reserve,
	.in_flight = pipe_in_flight,
	.receive = pipe_receive,
	.wait = pipe_wait,
	.now = pipe_now,
	.close = pipe_close,
};

int link_pipe_create(struct link *ends[2], enum link_layer layer)
{
	struct pipe *pipe = calloc(1, sizeof *pipe);
	if (!pipe)
		return ERR_NO_MEMORY;
	for (int i = 0; i < 2; i++) {
		struct pipe_end *end = &pipe->ends[i];
		end->link = (struct link){ .ops = &pipe_ops, .layer = layer, .mtu = 1500 };
		if (layer == LINK_ETHERNET)
			memcpy(end->link.mac, (uint8_t[6]){ 2, 0, 0, 0, 0, (uint8_t)(i + 1) }, 6);
		end->pipe = pipe;
		end->peer = &pipe->ends[1 - i];
		end->open = true;
		end->slots = malloc(LINK_PIPE_SLOTS * sizeof *end->slots);
	}
	if (!pipe->ends[0].slots || !pipe->ends[1].slots) {
		pipe_free(pipe);
		return ERR_NO_MEMORY;
	}
	ends[0] = &pipe->ends[0].link;
	ends[1] = &pipe->ends[1].link;
	return 0;
}

void link_pipe_advance(struct link *end, uint64_t now_ns)
{
	struct pipe *pipe = end_of(end)->pipe;
	if (now_ns > pipe->now_ns)
		pipe->now_ns = now_ns;
}
