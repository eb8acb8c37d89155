/* Shared by recording.c and recording_target.c only. */
#ifndef SONDE_RECORDING_TARGET_H
#define SONDE_RECORDING_TARGET_H

#include "json_read.h"
#include "recording.h"

/* Address and port of a target's line; they come first. 0 or ERR_INVALID. */
int recorded_endpoint_read(const char *line, size_t length, struct endpoint *out);
/* All of the line. 0, ERR_INVALID or ERR_NO_MEMORY. */
int recorded_target_read(const char *line, size_t length, struct recorded_target **out);

#endif
