/* A hierarchical timer wheel: timers are embedded in what they belong to, starting and stopping is O(1). Pure: time
 * comes in as now_ns. Source: Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 7. */
#ifndef SONDE_TIMER_H
#define SONDE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct timer_wheel;

/* Embedded; all zero is a stopped timer. Must not move or be freed while it runs. */
struct timer {
	struct timer *next, *previous; /* NULL when stopped */
	uint64_t due_ns;
	void (*fire)(struct timer *timer, uint64_t now_ns); /* set by the owner before the first start */
};

struct timer_wheel *timer_wheel_create(uint64_t now_ns); /* NULL when out of memory */
/* Timers that still run are forgotten, not fired. */
void timer_wheel_destroy(struct timer_wheel *wheel);

/* Starts, or moves, a timer. A due_ns in the past fires at the next advance. Never fires early; at most one tick
 * (TIMER_TICK_NS) late plus the caller's own lateness. */
void timer_start(struct timer_wheel *wheel, struct timer *timer, uint64_t due_ns);
void timer_stop(struct timer_wheel *wheel, struct timer *timer);
bool timer_running(const struct timer *timer);

/* Fires all that is due, in order of due tick; a fire function may start and stop any timer, itself included. A timer
 * started by a fire function for a time not after now_ns fires in the next advance, so a loop cannot hold it. */
void timer_wheel_advance(struct timer_wheel *wheel, uint64_t now_ns);
/* The same, but at most `most` of them: what is left is due at once, so timer_wheel_next is not after now_ns. */
void timer_wheel_advance_some(struct timer_wheel *wheel, uint64_t now_ns, uint32_t most);
/* A time not later than the earliest timer's tick end; UINT64_MAX when none runs. Exact within the lowest level. */
uint64_t timer_wheel_next(const struct timer_wheel *wheel);
uint32_t timer_wheel_count(const struct timer_wheel *wheel);

#define TIMER_TICK_NS 1000000ull /* 1 ms */

#endif
