/* A stream of ZMap's output lines, used as they arrive: never waits for more than there is, except for the first line. */
#ifndef SONDE_ZMAP_INPUT_H
#define SONDE_ZMAP_INPUT_H

#include "error.h"
#include "zmap_line.h"

#include <stdbool.h>
#include <stdint.h>

struct zmap_input;

/* `path` "-" is standard input. `malformed` counts lines that could not be read; outlives the input. */
int zmap_input_open(struct zmap_input **out, const char *path, uint64_t *malformed, struct error *why);
void zmap_input_close(struct zmap_input *input); /* NULL is fine */

/* Waits until a first answer, or the stream's end, is there; it is not taken. False when there is none. */
bool zmap_input_first(struct zmap_input *input, struct zmap_syn_ack *out);

/* The next answer: 0; ERR_AGAIN when no whole line is there now; ERR_CLOSED at the end; ERR_SYSTEM with a sentence. */
int zmap_input_next(struct zmap_input *input, struct zmap_syn_ack *out, struct error *why);

#endif
