/* A wire in memory with a link at either end, for specs and simulations: deterministic, with a clock that only moves when
 * it is told to. */
#ifndef SONDE_LINK_PIPE_H
#define SONDE_LINK_PIPE_H

#include "link.h"

#define LINK_PIPE_SLOTS 1024 /* frames held per direction; send takes no more than fit */

/* Makes both ends, of one layer; what one sends the other receives, in order, at once. With LINK_ETHERNET their addresses
 * are 02:00:00:00:00:01 and 02:00:00:00:00:02. Each is closed by its own ops->close; after that the other end's sends
 * vanish and its receive returns ERR_CLOSED once it has handed up what was sent before. 0 or ERR_NO_MEMORY. */
int link_pipe_create(struct link *ends[2], enum link_layer layer);

/* Sets the clock that both ends share (it starts at 0); it never goes back. ops->wait does not move it and never sleeps:
 * whoever drives the pipe decides what time it is. */
void link_pipe_advance(struct link *end, uint64_t now_ns);

#endif
