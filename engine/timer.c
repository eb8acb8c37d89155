#include "timer.h"

#include <stddef.h>
#include <stdlib.h>

/* 8 levels of 64 slots hold 48 bits of ticks: more than UINT64_MAX nanoseconds, so no timer is too far away. A timer
 * stands on the level of the highest group of 6 bits in which its due tick differs from the current one; therefore
 * everything on a level is due before anything on the level above, and the first set bit is the next thing to happen. */
#define LEVEL_BITS 6
#define LEVELS 8
#define SLOTS (1u << LEVEL_BITS)

/* Lists are circular, with a head that is a struct timer of which only the links are used. */
struct timer_wheel {
	uint64_t tick; /* everything due up to here has been collected */
	uint32_t count;
	uint64_t occupied[LEVELS]; /* one bit for each slot that is not empty */
	struct timer slots[LEVELS][SLOTS];
	struct timer overdue; /* started for a time already past; fired by the next advance */
	struct timer expired; /* what an advance is firing */
};

static uint64_t due_tick(uint64_t due_ns)
{
	return due_ns / TIMER_TICK_NS + (due_ns % TIMER_TICK_NS != 0);
}

static void list_init(struct timer *head)
{
	head->next = head->previous = head;
}

static void list_append(struct timer *head, struct timer *timer)
{
	timer->next = head;
	timer->previous = head->previous;
	head->previous->next = timer;
	head->previous = timer;
}

/* Moves everything in `from` to the end of `to`. */
static void list_splice(struct timer *to, struct timer *from)
{
	if (from->next == from)
		return;
	from->next->previous = to->previous;
	to->previous->next = from->next;
	from->previous->next = to;
	to->previous = from->previous;
	list_init(from);
}

struct timer_wheel *timer_wheel_create(uint64_t now_ns)
{
	struct timer_wheel *wheel = calloc(1, sizeof *wheel);
	if (!wheel)
		return NULL;
	wheel->tick = now_ns / TIMER_TICK_NS;
	for (unsigned level = 0; level < LEVELS; level++)
		for (unsigned slot = 0; slot < SLOTS; slot++)
			list_init(&wheel->slots[level][slot]);
	list_init(&wheel->overdue);
	list_init(&wheel->expired);
	return wheel;
}

void timer_wheel_destroy(struct timer_wheel *wheel)
{
	free(wheel);
}

static void place(struct timer_wheel *wheel, struct timer *timer, struct timer *late)
{
	uint64_t due = due_tick(timer->due_ns);
	if (due <= wheel->tick) {
		list_append(late, timer);
		return;
	}
	unsigned level = (63u - (unsigned)__builtin_clzll(due ^ wheel->tick)) / LEVEL_BITS;
	unsigned slot = (due >> (level * LEVEL_BITS)) % SLOTS;
	list_append(&wheel->slots[level][slot], timer);
	wheel->occupied[level] |= 1ull << slot;
}

void timer_start(struct timer_wheel *wheel, struct timer *timer, uint64_t due_ns)
{
	timer_stop(wheel, timer);
	timer->due_ns = due_ns;
	place(wheel, timer, &wheel->overdue);
	wheel->count++;
}

/* A list that has just become empty is named by what is left of it, its head: a slot's head finds its own bit. */
static void clear_occupied(struct timer_wheel *wheel, const struct timer *head)
{
	if (head == &wheel->overdue || head == &wheel->expired)
		return;
	size_t index = (size_t)(head - &wheel->slots[0][0]);
	wheel->occupied[index / SLOTS] &= ~(1ull << (index % SLOTS));
}

void timer_stop(struct timer_wheel *wheel, struct timer *timer)
{
	if (!timer_running(timer))
		return;
	timer->previous->next = timer->next;
	timer->next->previous = timer->previous;
	if (timer->next == timer->previous && timer->next->next == timer->next)
		clear_occupied(wheel, timer->next);
	timer->next = timer->previous = NULL;
	wheel->count--;
}

bool timer_running(const struct timer *timer)
{
	return timer->next != NULL;
}

/* The first occupied slot: its level, or LEVELS when there is none. *start is the first tick it stands for. */
static unsigned first_slot(const struct timer_wheel *wheel, unsigned *slot, uint64_t *start)
{
	unsigned level = 0;
	while (level < LEVELS && !wheel->occupied[level])
		level++;
	if (level == LEVELS)
		return level;
	*slot = (unsigned)__builtin_ctzll(wheel->occupied[level]);
	unsigned shift = level * LEVEL_BITS;
	*start = (wheel->tick >> (shift + LEVEL_BITS) << (shift + LEVEL_BITS)) | ((uint64_t)*slot << shift);
	return level;
}

/* Collects what is due up to `tick` into the expired list, in order of due tick. */
static void collect(struct timer_wheel *wheel, uint64_t tick)
{
	unsigned level, slot;
	uint64_t start;
	while ((level = first_slot(wheel, &slot, &start)) < LEVELS && start <= tick) {
		struct timer moving;
		list_init(&moving);
		wheel->tick = start;
		wheel->occupied[level] &= ~(1ull << slot);
		list_splice(&moving, &wheel->slots[level][slot]);
		while (moving.next != &moving) {
			struct timer *timer = moving.next;
			moving.next = timer->next;
			timer->next->previous = &moving;
			place(wheel, timer, &wheel->expired);
		}
	}
	if (tick > wheel->tick)
		wheel->tick = tick;
}

void timer_wheel_advance(struct timer_wheel *wheel, uint64_t now_ns)
{
	timer_wheel_advance_some(wheel, now_ns, UINT32_MAX);
}

void timer_wheel_advance_some(struct timer_wheel *wheel, uint64_t now_ns, uint32_t most)
{
	list_splice(&wheel->expired, &wheel->overdue);
	collect(wheel, now_ns / TIMER_TICK_NS);
	for (; most > 0 && wheel->expired.next != &wheel->expired; most--) {
		struct timer *timer = wheel->expired.next;
		timer_stop(wheel, timer);
		timer->fire(timer, now_ns);
	}
}

uint64_t timer_wheel_next(const struct timer_wheel *wheel)
{
	unsigned slot;
	uint64_t start;
	if (wheel->overdue.next != &wheel->overdue || wheel->expired.next != &wheel->expired)
		return wheel->tick * TIMER_TICK_NS;
	if (first_slot(wheel, &slot, &start) == LEVELS)
		return UINT64_MAX;
	return start > UINT64_MAX / TIMER_TICK_NS ? UINT64_MAX - 1 : start * TIMER_TICK_NS;
}

uint32_t timer_wheel_count(const struct timer_wheel *wheel)
{
	return wheel->count;
}
