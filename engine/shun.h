/* The memory of simulated hosts that answer each source once: which connection that was. Bounded; where it is full the
 * oldest of its set is forgotten, and may answer once more. */
#ifndef SONDE_SHUN_H
#define SONDE_SHUN_H

#include "cookie.h"

#include <stdbool.h>

struct shun;

struct shun *shun_create(const struct cookie_key *key); /* NULL when out of memory */
void shun_destroy(struct shun *shun);

/* Whether `host` shuns this segment from `source`: it has answered another connection of the same address before. */
bool shun_refuses(const struct shun *shun, const struct endpoint *source, const struct endpoint *host, bool all);
/* Notes that `host` answers this connection. `all`: it then shuns every source, not only this one. */
void shun_note(struct shun *shun, const struct endpoint *source, const struct endpoint *host, bool all);

#endif
