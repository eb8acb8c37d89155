/* Ctrl-C and its like: SIGINT, SIGTERM and SIGHUP are counted, SIGPIPE is ignored. Signals belong to the process, so this is
 * the one place with state of its own: a counter. */
#ifndef SONDE_SIGNALS_H
#define SONDE_SIGNALS_H

#include "error.h"

/* Starts counting, from 0. Installed twice, it only starts anew. 0 or ERR_SYSTEM. A signal interrupts a system call that
 * waits (no SA_RESTART), so that a wait ends and the count is looked at. */
int signals_install(struct error *why);

/* How many of SIGINT, SIGTERM and SIGHUP came since signals_install. */
int signals_count(void);

#endif
