/* A set of TCP ports, sorted and without repeats, from text such as "80,443,8000-8100", "all" or "@web,@mail,22". */
#ifndef SONDE_PORTS_H
#define SONDE_PORTS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ports;

/* Parses `text`: a comma-separated list of ports (1 to 65535), ranges, "all" and "@" names. On success the caller owns *out,
 * which is not empty. ERR_INVALID with a sentence, or ERR_NO_MEMORY. */
int ports_parse(struct ports **out, const char *text, struct error *why);
void ports_destroy(struct ports *ports); /* NULL is fine */

uint32_t ports_count(const struct ports *ports);
uint16_t ports_at(const struct ports *ports, uint32_t index); /* ascending; index < ports_count */
bool ports_contains(const struct ports *ports, uint16_t port);

#endif
