/* Giving up root for good once everything that needs it is open. */
#ifndef SONDE_PRIVILEGE_H
#define SONDE_PRIVILEGE_H

#include "error.h"

/* As root: becomes `user`, or with NULL the user who called sudo, else nobody; without supplementary groups, and neither
 * it nor what it executes can come back. Open descriptors stay usable. Otherwise does nothing. */
int privilege_drop(const char *user, struct error *why);

/* The same, but what opening links takes (CAP_NET_RAW, CAP_NET_ADMIN, and CAP_IPC_LOCK for the frame memory of AF_XDP) is kept: a
 * master opens one for each worker it starts again. Does nothing where there is neither. */
int privilege_drop_to_network(const char *user, struct error *why);
/* In a worker: gives up what privilege_drop_to_network kept. */
int privilege_renounce(struct error *why);

#endif
