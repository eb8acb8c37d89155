/* A process forked to do a part of the work, and the two ways between it and us: a pipe that brings what it tells (message.h),
 * and a socket for orders, which also says that the other side is gone. It ends when we do, however that comes about. */
#ifndef SONDE_CHILD_H
#define SONDE_CHILD_H

#include "address.h"
#include "error.h"

#include <stdbool.h>
#include <stdint.h>

enum order_kind {
	ORDER_RATE, /* keep these rates from now on */
	ORDER_ENOUGH, /* take no new target */
	ORDER_STOP, /* the same; what is open gets the grace of the options */
	ORDER_QUIT, /* end now */
};

struct order {
	uint32_t kind, number; /* ORDER_RATE: numbered, so that the worker can say which one it obeys */
	uint64_t rate_pps, rate_bytes;
};

/* What a worker says that cannot go on: the script of this target does not let go of it. */
struct last_words {
	struct endpoint target;
	uint32_t known; /* 0: it is no target's */
};

/* Embedded in its owner. pid 0: there is none. */
struct child {
	int pid;
	int pipe, control; /* our ends; non-blocking */
	const struct child *next; /* a ring of all that the same master has, for its owner to make; NULL: it has no other */
};

/* What the process does: its ends of the two ways, and its exit status. */
typedef int (*child_fn)(void *owner, int pipe, int control);

/* Forks; only what `run` does happens there, and no destructor. Our ends of the ways to the others are closed there, or the others
 * would not notice when we end. SIGINT, SIGTERM and SIGHUP are ignored there: Ctrl-C goes to all
 * processes of a terminal, and is ours to handle. */
int child_start(struct child *child, child_fn run, void *owner, struct error *why);
/* 0, or an error: it is about to end, or does not take orders now. */
int child_order(const struct child *child, const struct order *order);
/* Takes one set of last words, if there are any. */
bool child_last_words(const struct child *child, struct last_words *out);
/* Waits for its end, which must be near: its pipe has ended, or it was killed. True when it ended well; how[] says how it ended,
 * e.g. "killed by signal 9 (Killed)". */
bool child_reap(struct child *child, char how[80]);
void child_kill(const struct child *child);

/* In the worker: takes one order. 0, ERR_AGAIN when there is none, ERR_CLOSED when the master is gone. */
int child_take_order(int control, struct order *out);
/* In the worker, from a signal handler: tells, and ends the process. */
void child_give_up(int control, const struct last_words *words) __attribute__((noreturn));

#endif
