/* Sentences for the person at the terminal: what was chosen, what happened, and why. */
#ifndef SONDE_NOTES_H
#define SONDE_NOTES_H

#include "error.h"

#include <stddef.h>

#define NOTES_MAX 32

/* Embedded in its owner; all zero is empty. */
struct notes {
	struct error list[NOTES_MAX];
	size_t count;
};

/* Adds a sentence; the last place is kept for one that says that there were more. */
void notes_add(struct notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
