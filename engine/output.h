/* Where records go: whole lines into a file, stdout or a descriptor. A thread of its own writes, so that a slow disk or a
 * slow reader never holds up the packets; what waits is bounded by the caller, who looks at output_pending. */
#ifndef SONDE_OUTPUT_H
#define SONDE_OUTPUT_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

struct output;

enum output_flag {
	OUTPUT_APPEND = 1, /* go on at the end of an existing file, on a new line, instead of emptying it */
};

/* Lines that wait may take so many bytes; beyond, output_write refuses. Callers stop sending probes long before, and wait for room before
 * they lose anything (results.c). */
#define OUTPUT_PENDING_MAX (128u << 20)

/* Opens a file, or stdout for "-". Call it after fork, since the thread does not survive one. On failure nothing is left
 * open and `why` names the path. SIGPIPE cannot come from here: the thread has all signals blocked, and a reader that went
 * away is an error like any other. */
int output_open(struct output **out, const char *path, unsigned flags, struct error *why);
/* The same for a descriptor that is open already and stays open; `name` is what errors call it. */
int output_open_descriptor(struct output **out, int descriptor, const char *name, struct error *why);

/* Queues one line; never waits for the descriptor. The final newline is put where `bytes` does not end in one. 0;
 * ERR_FULL, ERR_NO_MEMORY; or the error that writing ended with before, after which nothing more is taken. */
int output_write(struct output *output, const void *bytes, size_t length);
/* Bytes queued and not yet written. */
size_t output_pending(struct output *output);
/* 0 while all is well, else the error that writing ended with (ERR_CLOSED: the reader went away; ERR_FULL: the disk is
 * full; ERR_SYSTEM: anything else) and its sentence, which says too whether the last line was cut. */
int output_error(struct output *output, struct error *why);
/* Waits until everything queued so far is written: 0, ERR_TIMEOUT, or what output_error says. */
int output_flush(struct output *output, uint64_t timeout_ns);
/* Gives up on what is still queued (a reader that neither reads nor goes away), so that output_close returns at once.
 * output_error then says how many bytes were lost. */
void output_abandon(struct output *output);
/* Writes what is queued, however long the reader takes, closes what output_open opened, and frees. 0 or the first error. */
int output_close(struct output *output, struct error *why);

#endif
