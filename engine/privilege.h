/* Giving up root for good once everything that needs it is open. */
#ifndef SONDE_PRIVILEGE_H
#define SONDE_PRIVILEGE_H

#include "error.h"

/* As root: becomes `user`, or with NULL the user who called sudo, else nobody; without supplementary groups, and neither
 * it nor what it executes can come back. Open descriptors stay usable. Otherwise does nothing. */
int privilege_drop(const char *user, struct error *why);

#endif
