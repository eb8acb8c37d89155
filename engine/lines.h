/* Lists in files: one entry a line, `#` starts a comment, space around an entry does not count, empty lines neither. */
#ifndef SONDE_LINES_H
#define SONDE_LINES_H

#include "error.h"

#include <stddef.h>

#define LINES_LENGTH_MAX 4096 /* bytes of a line, without its end */
#define LINES_QUOTE_MAX 72 /* bytes of a quoted text, with the final zero */

/* Called for each entry, which it may change. 0, or ERR_* with a sentence that need not name file and line. */
typedef int (*lines_fn)(void *owner, char *entry, struct error *why);

/* Reads `path` ("-": standard input, until it ends) and calls `each` for every entry. Stops at the first failure; the
 * sentence then starts with the file's name and the line: "list.txt line 3: ...". A line too long or with a zero byte
 * is a failure. */
int lines_read(const char *path, lines_fn each, void *owner, struct error *why);

/* Writes `text` in quotes for a sentence: shortened, and with a dot for what a terminal might not just print. */
const char *lines_quote(const char *text, char out[LINES_QUOTE_MAX]);

#endif
