/* The memory of simulated hosts that answer each source once: which connection that was. Bounded; where it is full the
 * oldest of its set is forgotten, and may answer once more. */
#ifndef SONDE_SHUN_H
#define SONDE_SHUN_H

#include "cookie.h"

#include <stdbool.h>

struct shun;

/* Whom a host that has answered one connection shuns from then on. The name is what world descriptions say. */
#define SHUN_LIST(X)                                                        \
	X(NOBODY, "nobody")                                                  \
	X(SOURCE, "source") /* that source, on every port */                 \
	X(PORT, "port") /* that source, on that port */                      \
	X(ALL, "all") /* every source, on every port */

enum shun_scope {
#define X(name, text) SHUN_##name,
	SHUN_LIST(X)
#undef X
	SHUN_COUNT
};

const char *shun_name(enum shun_scope scope); /* never NULL */
enum shun_scope shun_by_name(const char *name); /* SHUN_COUNT: no such */

struct shun *shun_create(const struct cookie_key *key); /* NULL when out of memory */
void shun_destroy(struct shun *shun);

/* Whether `host` shuns this segment from `source`: it has answered another connection within the scope before. */
bool shun_refuses(const struct shun *shun, const struct endpoint *source, const struct endpoint *host,
		  enum shun_scope scope);
/* Notes that `host` answers this connection. */
void shun_note(struct shun *shun, const struct endpoint *source, const struct endpoint *host, enum shun_scope scope);

#endif
