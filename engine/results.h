/* Where a scan's lines go: records to -o (or to a caller's sink), and what --record keeps to its file. */
#ifndef SONDE_RESULTS_H
#define SONDE_RESULTS_H

#include "error.h"
#include "scan_options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct results;

/* Opens the files, and writes the recording's first line. On failure nothing is left open. */
int results_open(struct results **out, const struct scan_options *options, uint64_t seed, struct error *why);

/* Whole lines; `results` is the owner a worker_sink_fn gets. 0, or an error that ends the scan. Where so much is unwritten that
 * there is hardly room for more, they wait for the reader, until the scan is interrupted twice (signals.h) or results_end. */
int results_record(void *results, const char *line, size_t length, struct error *why);
int results_keep(void *results, const char *line, size_t length, struct error *why);
/* Whoever reads is slower than we scan: no new targets until this is false again. Asked once a turn, not for each line. */
bool results_behind(struct results *results);
/* What writing ended with, found out by its thread between lines: 0 while all is well. */
int results_error(struct results *results, struct error *why);

/* Waits until all lines so far are written, or writing has failed: true; false after timeout_ns, as when the reader of a pipe
 * does not read. */
bool results_flush(struct results *results, uint64_t timeout_ns);
/* The scan ends: from now on a line that finds no room is refused at once. */
void results_end(struct results *results);
/* Writes all, and frees; `abandon`: without waiting for a reader that does not read. NULL is fine. 0, or why lines were lost. */
int results_close(struct results *results, bool abandon, struct error *why);

#endif
